//! Server-sent events, cut anywhere: the data of each event.

/// The events of one answer.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// What has come of the line that is not over.
    line: Vec<u8>,
    /// The data of the event that is not over.
    data: Vec<String>,
}

impl Events {
    /// Takes the next bytes and gives the data of the events that they end.
    pub(super) fn part(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                found.extend(self.end_line(&String::from_utf8_lossy(&line)));
            } else {
                self.line.push(*byte);
            }
        }
        found
    }

    /// An empty line ends an event; comments, names and ids are left out.
    fn end_line(&mut self, line: &str) -> Option<String> {
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return (!data.is_empty()).then(|| data.join("\n"));
        }
        if let Some(data) = line.strip_prefix("data:") {
            self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut() {
        let text = ": hello\r\nevent: a\r\ndata: {\"text\":\"olá\"}\r\n\r\ndata: one\ndata: two\n\ndata:[DONE]\n\n";
        let whole = Events::default().part(text.as_bytes());
        assert_eq!(whole, ["{\"text\":\"olá\"}", "one\ntwo", "[DONE]"]);
        for size in 1..20 {
            let mut events = Events::default();
            let cut: Vec<_> = text.as_bytes().chunks(size).flat_map(|part| events.part(part)).collect();
            assert_eq!(cut, whole, "{size}");
        }
        assert!(Events::default().part(b"data: half").is_empty());
    }
}
