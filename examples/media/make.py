#!/usr/bin/env python3
"""Makes the example media: three small images and two videos of 3 seconds. Needs ffmpeg; run it in this folder."""

import subprocess

TEAL, SAND, CORAL = "0x0f766e", "0xf5e6c8", "0xe76f51"


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def image(name, size, ground, figure, noise=0):
    """A ground with two bands that stand for a shoe and its sole."""
    width, height = size
    bands = (
        f"drawbox=x={width // 6}:y={height * 11 // 20}:w={width * 2 // 3}:h={height // 12}:color={figure}:t=fill,"
        f"drawbox=x={width // 4}:y={height * 8 // 20}:w={width // 3}:h={height * 3 // 20}:color={figure}@0.7:t=fill"
    )
    source = f"color=c={ground}:s={width}x{height}:d=1"
    ffmpeg("-f", "lavfi", "-i", source, "-vf", bands, "-frames:v", "1", "-bitexact", *quality(name), name)


def quality(name):
    return ["-q:v", "6"] if name.endswith(".jpg") else ["-compression_level", "100"]


def video(name, size, ground, figure):
    """Three seconds in which a band crosses the picture; no sound."""
    width, height = size
    source = f"color=c={ground}:s={width}x{height}:r=24:d=3"
    band = f"color=c={figure}:s={width // 3}x{height // 12}:r=24:d=3"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        source,
        "-f",
        "lavfi",
        "-i",
        band,
        "-filter_complex",
        f"[0][1]overlay=x=t*{width // 4}:y={height // 2}",
        "-t",
        "3",
        "-an",
        "-c:v",
        "libx264",
        "-preset",
        "veryslow",
        "-crf",
        "30",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
        "-bitexact",
        name,
    )


image("tenis-quadrado.png", (1080, 1080), SAND, TEAL)
image("tenis-detalhe.jpg", (1080, 1080), TEAL, SAND)
image("tenis-vertical.png", (1080, 1920), SAND, CORAL)
image("cliente-corrida.jpg", (1080, 1920), CORAL, SAND)
image("cliente-praia.jpg", (1080, 1080), TEAL, CORAL)
video("tenis-vertical.mp4", (720, 1280), SAND, TEAL)
video("cliente-video.mp4", (720, 1280), CORAL, SAND)
