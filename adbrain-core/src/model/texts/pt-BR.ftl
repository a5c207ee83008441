# Textos do adbrain em português do Brasil. As mesmas chaves estão em en.ftl.

## Realimentação
feedback-ctr-low = CTR baixo - testar novos formatos visuais
feedback-roas-low = ROAS abaixo do esperado - revisar targeting
feedback-cpa-high = CPA acima do limite - rever lances e targeting

## Alertas
alert-cost-spike = CPM aumentou { $change }% na última hora
alert-cost-spike-advice = Verificar competição e ajustar lances
alert-performance-drop = ROAS em { $roas }, abaixo do target
alert-performance-drop-advice = Pausar ads com baixa performance
alert-opportunity = Audiência potencial 2x maior disponível
alert-opportunity-advice = Expandir targeting gradualmente

## Previsão
prediction-prior-only = Sem resultados anteriores: esta é a estimativa ampla do setor
prediction-few-ads = Baseado em apenas { $ads } anúncios
prediction-segment-unknown = Sem resultados anteriores para { $segment }

## Experimentos
experiment-associational = A plataforma escolheu quem viu cada anúncio: a diferença é uma associação
