// Prints the daily budgets of the plan for the example brief and the totals of a simulated flight. Nothing is spent.
import { Brain } from 'adbrain'

const brain = await Brain.local('node.db')
const result = await brain.run('examples/brief.json', { history: 'examples/history.csv', seed: 7, days: 7 })
for (const campaign of result.plan.campaigns) {
  for (const adSet of campaign.ad_sets) console.log(campaign.platform, adSet.name, adSet.daily_budget.amount)
}
console.log('simulated spend', result.totals.spend.amount, 'revenue', result.totals.revenue.amount)
