import type { Numbers, Statistic, Stats } from './stats'

export type { Numbers, Statistic, Stats } from './stats'

declare global {
  // For readers whose library does not have it yet; beside one that has it, it is the same.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

/** An amount of money: decimal text in units, and an ISO 4217 code. */
export interface Money {
  amount: string
  currency: string
}

export type Platform = 'meta' | 'google' | 'tiktok' | 'linkedin'
export type Objective = 'awareness' | 'traffic' | 'engagement' | 'leads' | 'app_promotion' | 'sales'
export type Format = 'video' | 'carousel' | 'stories' | 'ugc'
export type Language = 'pt-BR' | 'en'
export type Mode = 'dry_run' | 'sandbox' | 'live'
export type ErrorCode =
  | 'invalid_input' | 'not_found' | 'unsupported' | 'refused' | 'needs_approval' | 'outcome_unknown' | 'rate_limited'
  | 'unavailable' | 'conflict' | 'corrupt' | 'unauthorized' | 'cancelled' | 'timed_out' | 'not_enough_data' | 'user_code'
  | 'internal'

/** A value with an interval, a level, a method and a sample size. */
export interface Estimate {
  value: number
  low: number
  high: number
  level: number
  method: string
  sample_size: number
  warnings?: Message[]
}

/** A text by its key in the catalogue, with arguments. */
export interface Message {
  key: string
  args?: Record<string, unknown>
}

/** An audience: where, who, what they like. */
export interface Audience {
  name: string
  countries?: string[]
  ages?: { min: number; max: number } | null
  genders?: ('female' | 'male')[]
  interests?: string[]
  /** Custom audiences of the ad accounts that it is narrowed to, by platform and exact name. */
  custom_audiences?: Partial<Record<Platform, string[]>>
  size?: number | null
}

/** A file that the brief brings along. */
export interface MediaItem {
  path: string
  /** By the bytes of the file where it is left out. */
  kind?: 'image' | 'video'
  alternative_text: string
  is_user_content?: boolean
  rights?: { creator: string; scope: 'organic' | 'paid_ads'; expires?: string | null; proof: string } | null
}

/** What a person asks for. `schema('brief')` says it in full; what follows from the rest may be left out. */
export interface Brief {
  /** That of the product where it is left out. */
  name?: string
  brand: string
  industry: string
  objective: Objective
  markets: string[]
  /** The only official one of the only market where it is left out. */
  language?: Language
  /** The time zone is that of the only market where it is left out. */
  flight: { start: string; end: string; time_zone?: string }
  budget: Money
  platforms?: Platform[]
  /** What the media are made for where they are left out. */
  formats?: Format[]
  product: {
    name: string
    url: string
    facts?: { text: string; proof: string }[]
    benefits: string[]
    offers?: string[]
    tone?: 'friendly' | 'professional' | 'urgent'
    forbidden_words?: string[]
  }
  targets?: { min_ctr?: number; min_roas?: number; max_cpa?: Money | null }
  audiences?: Audience[]
  media?: MediaItem[]
  shares?: { floors?: Partial<Record<Platform, number>>; caps?: Partial<Record<Platform, number>> }
  declarations?: {
    special_categories?: ('housing' | 'employment' | 'financial' | 'politics')[] | null
    is_political?: boolean | null
    payer?: string | null
    beneficiary?: string | null
  }
  /** In a result: what was left out and how it was filled in. */
  readonly assumed?: { field: string; value: string }[]
}

/** Counts and money of a window. */
export interface Metrics {
  impressions: number
  clicks: number
  conversions: number
  spend: Money
  revenue: Money
}

/** Past results with what was left out. */
export interface History {
  hash: string
  currency: string
  mapping: string
  rows: { line: number; platform: Platform; campaign: string; ad: string; metrics: Metrics; [field: string]: unknown }[]
  problems: { line: number; column: string; problem: string }[]
}

/** What the strategist decides. */
export interface Strategy {
  brief: Brief
  objective: Objective
  platforms: { platform: Platform; budget: Money; expected_roas: Estimate }[]
  audiences: Audience[]
  formats: Format[]
  /** The results that the campaign is held to; those of the brief where none are named. */
  targets?: { min_ctr: number; min_roas: number; max_cpa?: Money }
  proven_styles?: string[]
  reasons: { choice: string; message: Message; evidence?: { source: string; subject: string; estimate?: Estimate }[] }[]
  /** The same in sentences of a language model, where one finds words. Nothing acts on them. */
  words?: string[]
}

/** What should be: campaigns, ad sets and ads with budgets and limits. */
export interface MediaPlan {
  name: string
  currency: string
  campaigns: {
    tag: string
    platform: Platform
    name: string
    objective: Objective
    ad_sets: { tag: string; name: string; audience: Audience; daily_budget: Money; ads: { tag: string; name: string }[] }[]
  }[]
  tests: {
    metric: string
    minimum_relative_effect: number
    impressions_per_cell: number
    planned_days?: number
    looks?: number[]
    margin: number
    design?: Record<string, unknown>
    cells: Record<string, string>[]
  }
  limits: Record<string, unknown>
  missing: Record<string, unknown>[]
  reasons: Strategy['reasons']
}

/** What became of one change. */
export interface Outcome {
  entry: string
  platform: Platform
  target: string
  action: string
  cause: string
  state:
    | 'planned' | 'intent' | 'sent' | 'confirmed' | 'unknown' | 'compensating' | 'compensated' | 'needs_person' | 'refused'
  object: string | null
  reason: Message | null
}

/** An event of a run. */
export interface RunEvent {
  run: string
  sequence: number
  at: string
  /** The step of the loop that it is about; null for what concerns the whole run. */
  step: string | null
  kind: unknown
}

type Awaitable<T> = T | Promise<T>

/** What is used of a `URL`: a file by its address, `file:///…`. */
export interface FileUrl {
  readonly href: string
  readonly protocol: string
}

/** What is used of an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean
  readonly reason: any
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** One step of the loop: a plain object in, a plain object out. */
export interface Agent<Input = any, Output = any> {
  run(input: Input): Awaitable<Output>
  /**
   * Answers a feedback of the analyst; strategist, Creative and optimizer are asked. Null, or no such method, lets the default agent's rule
   * answer.
   */
  respond?(review: Review): Awaitable<FeedbackResponse | null>
}

/** A feedback of the analyst, and where the run stands. */
export interface Review {
  feedback: { id: string; recipient: string; kind: string; message: Message; data: Record<string, number>; evidence: Estimate; [field: string]: unknown }
  platforms: Partial<Record<Platform, { spend: Money; roas: number | null; cpa: number | null }>>
  assets: Record<string, unknown>
}

/** An answer to a feedback: `plan` says what will be done, or why not. */
export interface FeedbackResponse {
  feedback: string
  answer: 'accepted' | 'deferred' | 'rejected'
  plan: Message
}

/** Predicts ROAS: one estimate per input, in the same order. */
export interface Predictor {
  predictRoas(inputs: { industry: string; objective: Objective; platform: Platform; [field: string]: unknown }[]): Awaitable<Estimate[]>
}

/** Keeps what was learnt. */
export interface MemoryStore {
  storeLearnings(learnings: unknown[]): Awaitable<number>
  similar(query: { industry: string; objective: Objective; ranking: string; limit: number }): Awaitable<unknown[]>
  storeBestPractices(practices: unknown[]): Awaitable<void>
  bestPractices(industry: string): Awaitable<unknown[]>
  recordCombinations(source: string, combinations: unknown[]): Awaitable<void>
  winningCombinations(limit: number): Awaitable<unknown[]>
  /** Lists what it keeps (`schema('learning_query')`); one that cannot leaves it out. */
  learnings?(query: Record<string, unknown>): Awaitable<unknown[]>
  /** Deletes (`schema('forget')`) and says how many; one that cannot leaves it out. */
  forget?(what: Record<string, unknown>): Awaitable<number>
}

/** Turns texts into vectors of which the cosine says how like they are; one list per text, in the same order, all of one length. */
export interface Embedder {
  embed(texts: string[]): Awaitable<number[][]>
}

/** Which learnings are meant; what is left out does not narrow. `asOf` is a moment: what was known then. */
export interface LearningQuery {
  industry?: string
  objective?: Objective
  campaign?: string
  brand?: string
  asOf?: string
  limit?: number
}

/** What one campaign taught; `schema('learning')` describes it. */
export interface Learning {
  id: string
  campaign: string
  learning_type: 'creative' | 'copy' | 'audience' | 'timing'
  industry: string
  objective: Objective
  insight: string
  impact: Estimate
  learnt_at: string
  grounds: Record<string, unknown>
  metadata?: Record<string, string>
}

/** One campaign on the morning of a day of a trial. `days` has what is known of each day before; the last ones lack conversions that come late. */
export interface TrialCampaign {
  name: string
  platform: Platform
  /** Its daily budget as the platform has it. */
  budget: Money
  /** The least daily budget that the platform takes. */
  least: Money
  days: Metrics[]
}

/** An account on the morning of a day of a trial, as its platforms report it. `schema('trial_view')` says it in full. */
export interface TrialView {
  /** The day of the trial, from 0. */
  day: number
  /** The most value for all of the money, or the most of `margin * value - spend`. */
  goal: 'value' | 'profit'
  margin: number
  /** What all campaigns together may get today. */
  total: Money
  /** The campaigns, always in the same order. */
  campaigns: TrialCampaign[]
}

/** What a policy wants on a day: a budget for each campaign, in their order; `alarms` are the places of those about which a person is told. */
export interface TrialDecision {
  budgets: Money[]
  alarms?: number[]
}

/** Decides each morning of a trial what each campaign gets. The same object plays every trial, one after the other. */
export interface Policy {
  decide(view: TrialView): Awaitable<TrialDecision>
  /** Hears of each trial before its first decision, so that a policy with a state can forget the one before. */
  begin?(trial: { seed: number }): Awaitable<unknown>
  /** What its scores go by; the name of its class by default. */
  readonly name?: string
}

/** What a policy made of one seed of a world; `schema('trial_score')` says what each figure is. */
export interface TrialScore {
  readonly world: string
  readonly policy: string
  readonly seed: number
  readonly value_share: number
  readonly headroom_share: number | null
  readonly profit_headroom: number | null
  readonly roas: number
  readonly equal_roas: number
  readonly spend: number
  readonly value: number
  readonly cap_breaches: number
  readonly refused_edits: number
  readonly reaction_days: number | null
  readonly alarms: number
  readonly false_alarms: number
  readonly false_alarm_rate: number
}

/** A mean over seeds, the interval of 95 % of it, and the 5th percentile of the seeds. */
export interface SeedRange {
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly p5: number
}

/** What a policy made of all seeds of a world. */
export interface TrialSummary {
  readonly world: string
  readonly policy: string
  readonly seeds: number
  readonly value_share: SeedRange | null
  readonly headroom_share: SeedRange | null
  readonly profit_headroom: SeedRange | null
  readonly roas: SeedRange | null
  readonly roas_over_equal: SeedRange | null
  readonly cap_breaches: number
  readonly refused_edits: number
  readonly reaction_days: number | null
  readonly alarms: number
  readonly false_alarm_rate: number
}

/** How policies are tried. */
export interface SimulateOptions {
  /** The first and the last seed, or one alone; `[1, 10]` by default. */
  seeds?: readonly [number, number] | number
  /** Whether one summary for each policy is given. */
  summary?: boolean
  /** Stops the trials; the promise then rejects with the signal's reason. */
  signal?: Signal
}

/** An ad account that the engine opens itself, as `schema('account')` describes it. */
export interface AdAccount {
  platform: 'meta' | 'google' | 'tiktok' | 'linkedin'
  account: string
  /** May be left out where `refresh` is given. */
  token?: string
  /** The last day of the token: `2027-01-31`. */
  token_expires?: string | null
  /** How access tokens are made, on Google and LinkedIn. */
  refresh?: { client_id: string; client_secret: string; refresh_token: string; expires?: string | null; url?: string | null } | null
  [field: string]: unknown
}

/** One ad account on one platform. The three writing methods are called by the engine's control alone. */
export interface Connector {
  capabilities(): Awaitable<Record<string, unknown>>
  create(tree: Record<string, unknown>, permit: { entry: string }): Awaitable<Record<string, unknown>[]>
  upload(upload: { hash: string; kind: 'image' | 'video'; bytes: Uint8Array }, permit: { entry: string }): Awaitable<string>
  change(change: Record<string, unknown>, permit: { entry: string }): Awaitable<void>
  find(tag: string): Awaitable<Record<string, unknown>[]>
  list(): Awaitable<Record<string, unknown>[]>
  insights(query: { start: string; end: string; step: 'hour' | 'day' }): Awaitable<Record<string, unknown>[]>
  lookUp(question: Record<string, unknown>): Awaitable<Record<string, unknown>>
}

/** How far a proposal goes by itself. */
export type AutonomyLevel = 'observe' | 'shadow' | 'approve' | 'automatic'

/**
 * Parts that replace the engine's own. A part is one of the things that make a request the same run, by the name of its class; an object
 * without a class of its own by its `name`, else by the source text of its methods. What a method closes over is not seen: give such an
 * object a `name` that changes with it.
 */
export interface BrainOptions {
  strategist?: Agent<any, Strategy>
  creative?: Agent<Strategy>
  copywriter?: Agent<Strategy>
  optimizer?: Agent<any, MediaPlan>
  analyst?: Agent
  memory?: MemoryStore
  /** Turns texts into vectors for the engine's own memory, which compares campaigns by hashed words otherwise. */
  embedder?: Embedder
  predictor?: Predictor
  connectors?: (Connector | AdAccount)[]
  /** The path of a simulated market of your own, a TOML file. */
  world?: string | FileUrl
  /** The program `ffmpeg`: crops the brief's own films where none has the shape that a platform takes. */
  ffmpeg?: string | FileUrl
  /** The alert rules: a preset (`guarded`, the default, or `legacy`) or a file, which is read anew each watched day. */
  rules?: string | FileUrl
  /** How people are told what the rules have to tell: a TOML or JSON file, or an object (`schema('channels')`). Secrets are read from the environment. */
  channels?: string | FileUrl | Record<string, unknown>
  /** Reports that `monitor` makes by itself, each day, week or month: a TOML or JSON file, or an object (`schema('schedules')`). */
  schedules?: string | FileUrl | Record<string, unknown>
  /** A language model that finds words: a TOML or JSON file, or an object (`schema('words')`). Its key is read from the environment. */
  words?: string | FileUrl | Record<string, unknown>
  /**
   * How far proposals of alerts, tests and feedback go by themselves: `observe`, `shadow`, `approve` or `automatic` (the default), also by
   * platform and action: `{ all: 'shadow', 'meta.pause': 'automatic' }`.
   */
  autonomy?: string | Record<string, AutonomyLevel>
  /** Moves money between ad sets each day from the second week on, by what their days show; not by default. */
  dailyBudgets?: boolean
  /**
   * The brand's people, as `personas(...).people` gives them: each run makes personas of them; a person is never stored. Or sources that are
   * read at the start of each run (`schema('people_source')`).
   */
  people?: Record<string, unknown> | readonly Record<string, unknown>[]
}

/** A letter that people were told, with what became of it. */
export interface KeptLetter {
  readonly letter: {
    readonly id: string
    readonly run: string
    readonly severity: 'info' | 'high' | 'critical'
    readonly at: string
    readonly is_simulated: boolean
    readonly items: readonly { readonly rule: string; readonly kind: 'opened' | 'repeated' | 'closed'; readonly message: Message; readonly [field: string]: unknown }[]
    readonly [field: string]: unknown
  }
  readonly acknowledged: { readonly by: string; readonly at: string } | null
  readonly deliveries: readonly {
    readonly channel: string
    readonly state: 'waiting' | 'sending' | 'sent' | 'dropped' | 'failed'
    readonly attempts: number
    readonly due_at: string
    readonly problem: string | null
  }[]
}

/** Reports that were made by schedule. */
export interface MadeReports {
  readonly made: readonly {
    readonly run: string
    readonly schedule: string
    /** The days of its period, both included. */
    readonly first: string
    readonly last: string
    readonly files: readonly string[]
    /** The channels that it is kept for. */
    readonly channels: readonly string[]
  }[]
  /** What went wrong, by schedule; it is tried again at the next moment. */
  readonly problems: Readonly<Record<string, string>>
}

/** Alerts that a person keeps quiet. */
export interface KeptSilence {
  /** Its name: ends it early. */
  readonly id: string
  /** The run whose alerts they are; null for those of all runs. */
  readonly run: string | null
  readonly silence: {
    readonly match: Readonly<Record<string, string>>
    readonly from: string
    readonly until: string
    readonly by: string
    readonly reason: string
  }
  /** Who ended it before its time. */
  readonly ended: { readonly by: string; readonly at: string } | null
}

/** A proposal that waits for a person: one change, or several that are done together or not at all. */
export interface Waiting {
  /** What `approve` and `refuse` take. */
  readonly hash: string
  readonly changes: readonly Record<string, unknown>[]
  /** Their journal entries. */
  readonly entries: readonly string[]
  readonly since: string
  readonly reason: Message
  /** Why the policy would say no now; null where it would not. */
  readonly refused: Message | null
  /** The worst case of a day with it done. */
  readonly worst_day: Money | null
}

/** What one source brought into the store. */
export interface Pulled {
  /** The source: `meta/act_123`. */
  readonly source: string
  readonly asked_days: number
  readonly kept_days: number
  readonly new_rows: number
  readonly restated_rows: number
  readonly gone_rows: number
  readonly repeated_rows: number
  /** Rows that were refused; their days were kept out whole and are asked for again. */
  readonly refused: RefusedRow[]
  /** What the source withholds, and why. */
  readonly notes: Message[]
  /** The last day up to which every day is known whole. */
  readonly known_until: string | null
}

/** A row from outside that was refused. */
export interface RefusedRow {
  readonly day: string
  readonly row: string
  readonly field: string
  readonly problem: string
}

/** A row from outside as it was known. */
export interface KnownRow {
  readonly day: string
  /** Whether the whole day is known: it had closed when the source was asked. */
  readonly is_closed: boolean
  /** Since when the source has said so. */
  readonly as_of: string
  readonly row: Record<string, unknown>
}

/** A person's approval of a plan. */
export interface ApproveOptions {
  /** The person who approves. */
  by: string
  /** How long the approval holds; 24 by default. */
  hours?: number
  /** The run, where several runs have the same plan. */
  runId?: string
  /** A dry run by default: nothing is recorded or sent. */
  mode?: Mode
  /** Stops the order; it then rejects with the signal's reason, and the same order goes on from there. */
  signal?: Signal
}

/** What came of an order about a run that was started before. */
export interface Ordered {
  readonly run: string
  readonly mode: Mode
  /** The plan that was approved, or the journal entry that was taken back. */
  readonly hash: string
  readonly outcomes: Outcome[]
  /** Whether the run had waited for this, and goes on from its launch when the same request is run again. */
  readonly goes_on: boolean
}

/** How a run goes. */
export interface RunOptions {
  /** A CSV file by its path, or what `importHistory` gave. */
  history?: string | FileUrl | History
  /** Which column means what: the name of a built-in mapping, the path of a JSON file or an object; by default the headers decide. */
  mapping?: string | FileUrl | Record<string, unknown>
  /** The folder that media paths are relative to; the brief's own folder by default. */
  folder?: string
  /** The seed of all luck; a BigInt where it is above 2^53 - 1. */
  seed?: number | bigint
  days?: number
  /** How far control may go: `sandbox` by default; `dry_run` sends nothing; `live` leaves the plan waiting until a person approves it. */
  mode?: Mode
  runId?: string
  onFailure?: 'abort' | 'continue'
  /** When the winner of a test is acted on; by default with real money only where the arms were randomised. */
  apply?: { rule?: 'practical' | 'legacy'; evidence?: 'causal' | 'associational'; step?: number }
  /** The longest that one attempt of a step may take, in seconds; 900 by default. */
  stepTimeout?: number
  /** How often a step is tried again after an error that is `retryable`; 2 by default. */
  retries?: number
  /** Stops the run; it then rejects with the signal's reason. */
  signal?: Signal
  /** Is called with every event; what it throws is reported as a warning and does not stop the run. */
  onEvent?: (event: RunEvent) => void | Promise<void>
}

/** The report of a run. */
export class Report {
  markdown(language?: Language): string
  html(language?: Language): string
  /** One table, a line for each cell of the report's tables. */
  csv(language?: Language): string
  /** The bytes of a workbook. */
  xlsx(language?: Language): Uint8Array
  /** Pages of A4 to print or to forward: texts can be selected, charts are in it. */
  pdf(language?: Language): Uint8Array
  json(): string
}

/** Everything that a run did and found. */
export class RunResult {
  private constructor()
  readonly run: string
  /** A BigInt where it is above 2^53 - 1, which `toJSON` writes as text. */
  readonly seed: number | bigint
  readonly mode: Mode
  readonly is_simulated: boolean
  /** What a language model did for the run; missing where none finds words. */
  readonly words?: {
    readonly model: string
    readonly calls: number
    readonly tokens: number
    readonly cost: Money | null
    /** The words of the report: every figure in them stands in its tables. */
    readonly report: string[]
    readonly dropped: number
    readonly notes: Message[]
  }
  /** How far real accounts have been watched; missing in simulated time. With `goes_on` the same request goes on when another day has closed. */
  readonly watched?: { readonly until: string | null; readonly goes_on: boolean; readonly refused: RefusedRow[] }
  readonly strategy: Strategy
  readonly plan: MediaPlan
  readonly plan_hash: string
  readonly launch: Outcome[]
  readonly actions: Outcome[]
  readonly totals: Metrics
  readonly targets: { metric: string; target: number; reached: number | null; is_met: boolean | null }[]
  readonly report: Report
  readonly [field: string]: unknown
  /** The plan as JSON text, the same bytes in every language. */
  planJson(): string
  toJSON(): Record<string, unknown>
}

/** One step that a plan needs, and what the policy says to it now. */
export interface PlanStep {
  platform: Platform
  target: string
  action: string
  name: string | null
  before: Money | null
  after: Money | null
  /** Why not, where the policy says no. */
  refused: Message | null
}

/** A cap and the worst case that it is held against. */
export interface CapUse {
  period: 'day' | 'week' | 'lifetime'
  worst: Money
  cap: Money
}

/** A value that shows itself. */
declare class Shown {
  protected constructor()
  /** As plain text, for a terminal. */
  text(language?: Language): string
  /** As Markdown with tables. */
  markdown(language?: Language): string
  /** As one self-contained HTML page. */
  html(language?: Language): string
  /** As JSON text, the same bytes in every language. */
  json(): string
  toString(): string
  toJSON(): Record<string, unknown>
}

/** A plan to look at before anything is launched. */
export class Plan extends Shown {
  /** The run; the same request run goes on from this plan. */
  readonly run: string
  readonly mode: Mode
  readonly is_simulated: boolean
  readonly language: Language
  readonly plan: MediaPlan
  /** What is approved, refused and applied. */
  readonly plan_hash: string
  /** The difference between the plan and the accounts. */
  readonly steps: PlanStep[]
  readonly diff_hash: string
  /** The worst case with the plan delivering, beside each cap. */
  readonly caps: CapUse[]
  /** What a person has to see to before it can deliver. */
  readonly needs: Message[]
  /** What the brief leaves out and how it was filled in; missing where it leaves out nothing. */
  readonly assumed?: Message[]
}

/** One object of a run. */
export interface ObjectStatus {
  platform: Platform
  tag: string
  level: 'campaign' | 'ad_set' | 'ad'
  parent: string | null
  object: string | null
  delivery: 'planned' | 'running' | 'stopped' | 'gone'
  daily_budget: Money | null
}

/** Where a run stands. */
export class RunStatus extends Shown {
  readonly run: string
  readonly stage: 'planned' | 'launched' | 'finished'
  readonly days: number
  readonly is_simulated: boolean
  readonly plan_name: string
  readonly plan_hash: string
  /** The steps that wait for a person, each with its reason. */
  readonly waits: Outcome[]
  /** Proposals that wait, each with the hash that `approve` and `refuse` take. */
  readonly proposals: Waiting[]
  /** The newest state of every step. */
  readonly steps: Outcome[]
  readonly objects: ObjectStatus[]
  readonly caps: CapUse[]
  /** The newest word of a person, or of the policy, on the plan. */
  readonly decision: { kind: 'approved'; by: string; at: string; expires: string } | { kind: 'refused'; by: string; at: string; reason: string } | null
  readonly switch: { is_on: boolean; by: string | null; at: string | null; reason: Message | null }
  /** Platforms whose accounts could not be read now. */
  readonly unread: Platform[]
  /** Where the journal ends. */
  readonly head: { entries: number; head: string }
}

/** What on a run's objects is not as the run left it. */
export class RunDrift extends Shown {
  readonly run: string
  readonly plan_name: string
  readonly is_simulated: boolean
  readonly fields: {
    platform: Platform
    target: string
    object: string | null
    field: 'presence' | 'mark' | 'status' | 'daily_budget' | 'bid'
    desired: Money | string | null
    observed: Money | string | null
    by: 'person' | 'unknown'
  }[]
}

/** What came of turning the kill switch. */
export interface Switched {
  readonly is_on: boolean
  /** Whether the journal knows; where it does not, processes on other machines do not see the switch. */
  readonly is_noted: boolean
  readonly problems: string[]
  /** The pauses, where they were asked for. */
  readonly outcomes: Outcome[]
}

/** What a monitor did until it ended. */
export interface Monitored {
  readonly run: string
  readonly looks: number
  /** Looks that failed. */
  readonly failed: number
  readonly notifications: number
  /** Whether the flight is over, or else the monitor was stopped. */
  readonly is_over: boolean
}

/** The events of one run; a reader that falls more than 1,024 behind loses the oldest and is told so by a `missed` event. */
export interface RunEvents extends AsyncIterableIterator<RunEvent> {
  /** Ends the stream. */
  return(): Promise<IteratorResult<RunEvent>>
  [Symbol.asyncDispose](): Promise<void>
}

/** The engine over one store. An option that a method does not know, or that has a wrong value, is refused by its name. */
export class Brain {
  private constructor()
  /** A brain over a libSQL file, which the first run makes where it is missing; a request that is wrong makes none. */
  static local(file?: string, options?: BrainOptions): Promise<Brain>
  /** A brain over a libSQL server (sqld or Turso) by its address, `libsql://host`, and token; kept media lie beside the path `files`. */
  static remote(url: string, token?: string, options?: BrainOptions & { files?: string }): Promise<Brain>
  /** Runs the loop. `brief` is a path or an object. The same request is the same run: cut off, it is resumed. */
  run(brief: string | FileUrl | Brief, options?: RunOptions): Promise<RunResult>
  /**
   * Looks at a launched campaign over real accounts again and again until its flight is over: closed days as `run` watches them, and between
   * them the hours of today. The options are those of the `run` that launched it, with `every` in seconds (10 or more, 60 by default) and at
   * most so many `looks`. Each look is an event of the type `looked`. A look that fails is followed by the next; a restart says nothing twice.
   */
  monitor(brief: string | FileUrl | Brief, options?: RunOptions & { every?: number; looks?: number }): Promise<Monitored>
  /** Runs the loop up to its plan and looks what the plan would do. Writes nothing to a platform. The same request run goes on from it. */
  plan(brief: string | FileUrl | Brief, options?: RunOptions): Promise<Plan>
  /** Launches exactly a plan that was looked at, paused, and lets it deliver where it may. A dry run by default. Called again after a crash, it goes on. */
  apply(plan: Plan | string, options?: { runId?: string; mode?: Mode; signal?: Signal }): Promise<Ordered>
  /** Records a person's no to a plan or a proposal: it is not done, in no mode, until a person approves it after all. */
  refuse(planHash: string, options: { by: string; reason: string; runId?: string; signal?: Signal }): Promise<Ordered>
  /** Where a run stands, by its name or the hash of its plan; the newest one by default. Changes nothing. */
  status(run?: string, options?: { signal?: Signal }): Promise<RunStatus>
  /** What on a run's objects is not as the run left it, field by field, and who made the difference. Changes nothing. */
  drift(run?: string, options?: { signal?: Signal }): Promise<RunDrift>
  /** Takes a campaign that people made under a run's management, as it stands. Writes nothing to the platform. */
  adopt(platform: Platform, campaign: string, options: { by: string; flight: Brief['flight']; run?: string; signal?: Signal }): Promise<Ordered>
  /** Gives a campaign back that a run adopted: it is neither changed nor paused any more. Writes nothing to the platform. */
  release(platform: Platform, campaign: string, options: { by: string; run?: string; signal?: Signal }): Promise<Ordered>
  /** The newest letters that people were told, the newest first. */
  letters(most?: number, options?: { signal?: Signal }): Promise<KeptLetter[]>
  /** Takes note of a letter: it is not escalated any more. */
  acknowledge(letter: string, options: { by: string; signal?: Signal }): Promise<KeptLetter>
  /**
   * Keeps alerts with all of the labels of `match` (`rule`, `platform`, `object`, …) quiet for some hours: they are neither told nor acted on
   * nor escalated. It outlives the process, and stands in the journal. Of the run that is named, else of all runs.
   */
  silence(match: Record<string, string>, options: { hours: number; by: string; reason: string; run?: string; signal?: Signal }): Promise<KeptSilence>
  /** Ends a silence before its time. */
  endSilence(id: string, options: { by: string; signal?: Signal }): Promise<KeptSilence>
  /** Every silence that people have ordered, the newest first; also those that are over. */
  silences(options?: { signal?: Signal }): Promise<KeptSilence[]>
  /** What campaigns have taught, the newest first. */
  learnings(query?: LearningQuery): Promise<Learning[]>
  /** The same as a CSV table, one line each. */
  learningsCsv(query?: LearningQuery): Promise<string>
  /** What similar campaigns taught, ranked: ten by their impact, where nothing else is said. `schema('campaign_profile')` describes the campaign. */
  similar(
    industry: string,
    objective: Objective,
    query?: {
      ranking?: 'impact' | 'lower_bound' | 'relevance' | 'likeness'
      limit?: number
      asOf?: string
      campaign?: Record<string, unknown>
    },
  ): Promise<Learning[]>
  /** What each insight does over campaigns, pooled with shrinkage, by trade, objective and platform (`schema('pooled_practice')`). */
  practices(query?: LearningQuery): Promise<{ insight: string; effect: Estimate; campaigns: number; [field: string]: unknown }[]>
  /** What was used together and did best, each with the posterior of its success. */
  combinations(most?: number): Promise<{ combination: Record<string, unknown>; success: Estimate }[]>
  /** Deletes learnings for good, those that fit every part that is given, and says how many. The journal and results of runs stay. */
  forget(what: { campaign?: string; brand?: string; before?: string }): Promise<number>
  /** Copies the whole store as it is at one moment into a new file, while runs go on; `restore` is the way back. */
  backup(to: string | FileUrl): Promise<void>
  /** Sends what is due to the channels: tries after a failure, escalations. Runs and monitors do so themselves. */
  deliver(options?: { signal?: Signal }): Promise<{ sent: Record<string, number>; problems: Record<string, string> }>
  /**
   * Makes the reports of a run that are due by schedule, each once; `deliver` sends those that go to channels. A schedule that is new begins with
   * the period that ended last. A monitor makes them by itself, with `schedules` among the parts of the brain.
   */
  makeReports(schedules: string | FileUrl | Record<string, unknown>, options?: { run?: string; now?: string; signal?: Signal }): Promise<MadeReports>
  /**
   * Adds customers who consented to a custom audience, which is made where the account has none of the name. They are hashed before
   * anything is sent. A dry run by default.
   */
  fillAudience(
    platform: Platform,
    name: string,
    customers: ({ email: string } | { phone: string })[],
    options?: { consented?: boolean; run?: string; mode?: Mode; signal?: Signal },
  ): Promise<Ordered>
  /** Turns the kill switch on within a second: nothing but pauses is sent, by any process. `pause` also pauses what delivers. */
  stop(reason: string, options?: { by?: string; pause?: boolean; runId?: string }): Promise<Switched>
  /** Turns the kill switch off; one that is set in the environment stays on. */
  resume(options?: { by?: string }): Promise<Switched>
  /** Follows a run of this brain from now on, or the first one that is heard of; ends with it, with the signal, and with the loop that reads it. */
  events(options?: { runId?: string; signal?: Signal }): RunEvents
  /**
   * Records a person's approval of a plan, and lets what was created of it deliver; or of a proposal that waits (`status().proposals`), and
   * does it under the rules and caps of now. A dry run by default.
   */
  approve(planHash: string, options: ApproveOptions): Promise<Ordered>
  /**
   * Takes back a launch or a change by its journal entry, or the first 8 digits of it or more. A dry run by default. With `by` it is the
   * order of that person: it counts as the person's approval, and stands in the journal.
   */
  undo(entry: string, options?: { by?: string; mode?: Mode; signal?: Signal }): Promise<Ordered>
  /**
   * Brings the closed days of every account of `connectors` into the store: those that are missing or may still be restated. Writes
   * nothing to the accounts; the same rows twice change nothing. `analytics` are properties of Google Analytics that are read after
   * them, as `schema('analytics_source')` describes them.
   */
  pull(
    first: string,
    last: string,
    options?: {
      timeZone?: string
      jumps?: 'refuse' | 'accept'
      analytics?: Record<string, unknown> | readonly Record<string, unknown>[]
      signal?: Signal
    },
  ): Promise<Pulled[]>
  /** Brings analytics rows or orders of a CSV file into the store; `schema('fact_mapping')` describes the mapping. */
  addFacts(
    file: string | FileUrl,
    mapping: Record<string, unknown>,
    options?: { jumps?: 'refuse' | 'accept'; signal?: Signal },
  ): Promise<{ pulled: Pulled; problems: { line: number; column: string; problem: string }[] }>
  /** The rows of a source as they were known at a moment, now by default; what has been restated since does not show. */
  known(source: string, first: string, last: string, options?: { asOf?: string; signal?: Signal }): Promise<KnownRow[]>
  /** Draws the loop of a request as a Mermaid chart. */
  graph(brief: string | FileUrl | Brief, options?: RunOptions): Promise<string>
  /**
   * Opens the live page over the store on this machine (`docs/guides/dashboard.md`): with `url` a person decides, `viewerUrl` only shows. What a
   * person approves there goes as far as `mode` says, `sandbox` by default. It is closed with the brain.
   */
  dashboard(options?: { port?: number; mode?: Mode; language?: Language }): Promise<Dashboard>
  /**
   * Stops what is under way, which rejects with the code `cancelled` and goes on when it is asked for again; ends event streams and pages; waits for
   * all of it and gives the store back. The brain takes no work any more. `await using` calls it.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The live page over a brain. */
export class Dashboard {
  private constructor()
  /** The address with which a person decides; its token stands behind `#`. */
  readonly url: string
  /** The address that only shows. */
  readonly viewerUrl: string
  /** Closes the page; once it is closed nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What the engine noted: a warning, or, at the level `info`, a run or a step that ended. */
export interface LogNote {
  readonly level: LogLevel
  readonly message: string
  /** The part of the engine. */
  readonly target: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** How urgent a note is. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** What is used of a logger such as pino or `console`: `fields` with `target` first, then the message. */
export type Logger = { readonly [level in LogLevel]: (fields: any, message: string) => void } & { readonly level?: string }

/**
 * Tells the engine's notes to a function, or to an object with the methods of the levels; `null` turns that off. One listener for each worker; a
 * new one takes the place of the one before. `level` is the last one that is told, by default that of the logger, else `info`. While it is off
 * no note is written.
 */
export function setLogger(logger: ((note: LogNote) => void) | Logger | null, options?: { level?: LogLevel }): void


/** An error of the engine. A connector may throw one: its code, for example `outcome_unknown` or `rate_limited`, is understood. */
export class AdbrainError extends Error {
  constructor(code: ErrorCode, message: string, more?: { context?: Record<string, string>; nextStep?: string })
  readonly code: ErrorCode
  readonly context: Record<string, string>
  readonly platform: string | undefined
  readonly nextStep: string | undefined
  readonly retryable: boolean
}

/** Columns by their names, rows as objects, or rows as lists. Texts are levels of a category; null and NaN are missing. */
export type Columns =
  | { readonly [name: string]: Numbers | readonly (number | string | null)[] }
  | readonly { readonly [name: string]: number | string | null }[]
  | readonly (readonly (number | string | null)[])[]

/** How a forest is grown. */
export interface ForestSettings {
  trees?: number
  minLeaf?: number
  columnsPerSplit?: number
  mode?: 'random_forest' | 'extra_trees'
  bins?: number
  seed?: number
  threads?: number
  /** Chooses leaf size, columns per split and mode out of bag, for 90 % intervals or for points. */
  tune?: 'intervals' | 'points' | null
  /** What the level of intervals rests on: every row by the trees that have not seen it, or a quarter that no tree has seen. */
  guarantee?: 'out_of_bag' | 'split'
}

/** What a model was learnt from and how far it is to be trusted. */
export interface ModelCard {
  engine: string
  target: string
  window: [string, string] | null
  rows: number
  features: string[]
  tuned: 'points' | { intervals: { level: number } } | null
  guarantee: 'out_of_bag' | 'split'
  out_of_bag: { rows: number; rmse: number; mae: number; r_squared: number | null } | null
  calibration: { level: number; coverage: number }[]
}

/** A forest whose predictions carry intervals that hold at their level. The same seed gives the same model in every language. */
export class ForestRegressor {
  constructor(settings?: ForestSettings)
  /** A model from the bytes of a file; bytes that are cut or changed throw an error with the code `corrupt`. */
  static fromBytes(bytes: Uint8Array, options?: { threads?: number }): ForestRegressor
  getParams(): Required<ForestSettings>
  /** Grows the forest and calibrates its intervals; a weight of zero leaves a row out. */
  fit(X: Columns, y: Numbers, options?: { weights?: Numbers; target?: string; window?: [string, string] }): this
  /** The mean of each row. */
  predict(X: Columns): Float64Array
  /** The median and both ends of each row's interval. */
  predictInterval(X: Columns, level?: number): { median: Float64Array; low: Float64Array; high: Float64Array }
  /** The quantiles, a column for each share. */
  predictQuantiles(X: Columns, shares?: readonly number[]): Float64Array[]
  /** What each column adds to each prediction (exact TreeSHAP); with `expected` a row adds up to the prediction. */
  explain(X: Columns): { columns: string[]; expected: number; contributions: Float64Array[] }
  /** The past rows most like each row. */
  nearest(X: Columns, count?: number): { row: number; proximity: number; target: number }[][]
  /** The columns by what shuffling them costs out of bag. */
  importances(options?: { repeats?: number; seed?: number }): { column: string; increase: number; share_of_variance: number; spread: number | null }[]
  /** The predictions with their band as SVG; `by` names the column that runs from left to right. */
  plot(X: Columns, options?: { y?: Numbers; by?: string; level?: number; language?: Language }): string
  readonly card: ModelCard
  /** The model as the bytes of a file. */
  toBytes(): Uint8Array
  /** The model as JSON for reading. */
  toJson(): string
}

/** A row of an ad: what was known of it, and in past rows what came of it. */
export type AdRow = { readonly [field: string]: number | string | null | undefined }
/** What ROAS, CPA, CTR or CVR to expect; without `history` the rows that have no result are asked about, learnt from the others. */
export function predictRoas(
  rows: readonly AdRow[],
  options?: { history?: readonly AdRow[]; rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; level?: number; target?: number; currency?: string; trees?: number; seed?: number; [option: string]: unknown },
): Statistic & { predictions: { recommendation: string; confidence_interval: [number, number] | null; [field: string]: any }[]; rows_learnt: number }
/** How a `Forecaster` learns; names are those of `predictRoas`. */
export type ForecasterSettings = { rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; level?: number; target?: number; currency?: string; trees?: number; seed?: number; [option: string]: unknown }
/** What a forecaster was learnt from and how far it is to be trusted. */
export type ForecasterCard = {
  engine: string
  settings: Record<string, unknown>
  window: [string, string] | null
  rows: number
  skipped: number
  currency: string | null
  groups: Record<string, number>
  features: string[]
  forest_share: number
  calibration: 'rank' | 'quantile' | 'residual' | null
  out_of_bag: { interval_score: number; coverage: number; width: number; rows: number } | null
}
/** Forecasts a rate from past rows, and keeps what it learnt in a file that Rust, Python and Node read alike. */
export class Forecaster {
  constructor(settings?: ForecasterSettings)
  /** A model from the bytes of a file; bytes that are cut or changed throw an error with the code `corrupt`. */
  static fromBytes(bytes: Uint8Array): Forecaster
  getParams(): ForecasterSettings
  /** Learns from past rows: what was known of each, and what came of it. */
  fit(history: readonly AdRow[]): this
  /** What to expect of rows; a row that lacks a feature of the model is asked of one without it, learnt from the same rows. */
  predict(rows: readonly AdRow[]): ReturnType<typeof predictRoas>
  readonly card: ForecasterCard
  /** The model as the bytes of a file. */
  toBytes(): Uint8Array
}
/** An amount in units, as a number or decimal text, or money. */
export type Amount = number | string | Money
/** A receiver of money: its curve in `curve`, or its `kind` with its parameters; missing cells are no limits. */
export type ReceiverRow = {
  name: string
  curve?: { kind: string; [parameter: string]: unknown } | null
  kind?: 'hill' | 'power' | 'log' | 'exponential' | 'piecewise' | null
  top?: number | null
  half?: number | null
  shape?: number | null
  scale?: number | null
  exponent?: number | null
  unit?: number | null
  points?: readonly (readonly [number, number])[] | null
  group?: string | null
  floor?: Amount | null
  cap?: Amount | null
  least?: Amount | null
  current?: Amount | null
  max_raise_percent?: number | null
  max_cut_percent?: number | null
  carry_over?: number | null
}
/** A day of a campaign; `known` is the share of its conversions that should be known by now. */
export type CampaignDayRow = {
  campaign: string | number
  group?: string | null
  date: string | Date
  budget: number
  spend: number
  impressions: number
  clicks: number
  conversions: number
  revenue: number
  known: number
}
/** A curve as it was estimated, which `budget.allocate` takes as it is. */
export type CurveRow = ReceiverRow & {
  group: string
  conversion_rate: number
  conversion_rate_low: number
  conversion_rate_high: number
  order_value: number
  value: number
  value_low: number
  value_high: number
  broke_on: string | null
  fell: boolean
  held_days: number
}
/** Who gets how much, how good that is, and what each limit holds back. */
export interface BudgetAllocation {
  /** A row for each receiver; `shadow_price` is what loosening its own binding limits by a unit would bring. */
  readonly frame: { name: string; amount: number; value: number; marginal: number; shadow_price: number }[]
  /** The binding limits, the dearest first, with what a unit more would bring. */
  readonly limits: { limit: string; at: number; per_unit: number }[]
  /** All of the money together, exactly: never more than the total. */
  readonly spend: Money
  readonly value: number
  /** What the next unit of money would bring. */
  readonly price: number
  /** Nothing within the limits is worth more. */
  readonly bound: number
  /** How much better anything can be at most, as a part of what was found. */
  readonly gap: number
  /** Each receiver's curve with its amount, and the price as the slope there, as SVG: the same bytes in every language. */
  plot(options?: { language?: Language }): string
}
/** Budgets from rows. */
export const budget: {
  readonly BudgetAllocation: { readonly prototype: BudgetAllocation }
  /**
   * Divides a day's money over response curves within limits so that it brings the most, with a proven gap. Amounts are in units of `currency`
   * (USD by default) and become exact: more decimal places than it has are an error that names row and column.
   */
  allocate(
    rows: readonly ReceiverRow[],
    options: {
      total: Amount
      currency?: string
      groups?: readonly { name: string; parent?: string | null; floor?: Amount | null; cap?: Amount | null }[]
      margin?: number
      target?: { roas: number } | { cpa: number }
      search?: { gap?: number; nodes?: number }
    },
  ): BudgetAllocation
  /** Response curves from days, as rows that `allocate` takes as they are; all campaigns have the same days. */
  estimate(rows: readonly CampaignDayRow[], options?: { beliefs?: Record<string, number> }): CurveRow[]
}
/** An ad on one day of a made-up account; amounts in units of one currency. */
export interface DemoRow {
  date: string
  platform: Platform
  campaign: string
  ad: string
  creative_type: string
  copy_style: string
  age: string
  budget: number
  impressions: number
  clicks: number
  conversions: number
  spend: number
  revenue: number
}
/** Data to try things on, made on the spot: no download, no file. */
export const datasets: {
  /**
   * A made-up account: a row for each of 32 ads on each of `days` days (84 by default), with truths in it that can be found again. The same
   * `seed` (7 by default) gives the same rows in Rust, Python and Node.
   */
  demo(options?: { seed?: number; days?: number }): DemoRow[]
}
/** Days until an audience answers with less than 0.7 of the first day's click rate, as quantiles. */
export function daysToSaturation(audience: { size: number; impressions?: Numbers; reach?: Numbers; clicks?: Numbers; [argument: string]: unknown }): Statistic
/** Groups of people from profiles and CSV files of orders, analytics and social insights. */
export function personas(given: { profiles?: readonly object[]; files?: readonly { source: 'orders' | 'analytics' | 'social'; csv: string }[]; salt?: string; [argument: string]: unknown }): Statistic
/** What each customer is worth, from order lines; `until` is the day of the last order by default. */
export function customerValue(
  orders: readonly { customer: string | number; date: string | Date; amount: number | string | Money }[],
  options?: { until?: string | Date; currency?: string; [option: string]: unknown },
): Statistic & { customers: { [field: string]: any }[] }
/** Reads a history file or its bytes; `currency` is that of its money. */
export function importHistory(
  source: string | FileUrl | Uint8Array,
  options: { currency: string; mapping?: string | FileUrl | Record<string, unknown> },
): History
/**
 * Tries policies of budgets in a simulated world, all on the same luck; spends nothing. `world` is the name of a family, or the path of a TOML
 * file with a `[trial]`; `policies` are names and objects of your own. Named policies alone play several seeds at once; with an object of
 * yours all trials are played one after the other. One score for each seed and policy, in this order, the same in Rust, Python and Node.
 */
export function simulate(
  world: string | FileUrl,
  policies: readonly (string | Policy)[],
  options: SimulateOptions & { summary: true },
): Promise<TrialSummary[]>
export function simulate(
  world: string | FileUrl,
  policies: readonly (string | Policy)[],
  options?: SimulateOptions & { summary?: false },
): Promise<TrialScore[]>
/**
 * Tries alert rules in place of policies: presets (`guarded`, `legacy`) and paths of files. What they tell is compared with what happens; nobody
 * acts, and budgets stay equal. `schema('watch_score')` and `schema('watch_summary')` describe the rows.
 */
export function simulate(
  world: string | FileUrl,
  policies: readonly [],
  options: SimulateOptions & { rules: readonly (string | FileUrl)[] },
): Promise<Record<string, string | number | null>[]>
/** The names of the families of worlds that policies are tried in. */
export function worlds(): string[]
/** What each policy does, by its name. */
export function policies(): Record<string, string>
/** The JSON Schema of a value by its name. */
export function schema(name: string): Record<string, unknown>
/** The names that `schema` knows. */
export function schemaNames(): string[]
/** Values, counts, or size, mean and sum of squared deviations. */
export type Sample = Numbers | { successes: number; trials: number } | { n: number; mean: number; m2: number }
/** Compares two samples at one look. `confidence` is 1 - p, not the probability of being right. */
export function abTest(
  control: Sample,
  variant: Sample,
  options?: { level?: number; direction?: 'higher_is_better' | 'lower_is_better'; minimum_sample?: number; minimum_relative_effect?: number },
): Statistic & { is_significant: boolean; p_value: number | null; effect_size: number | null; confidence: number | null; recommendation: string }
/** Reads a test: one block per day, region or user in each arm; the first arm is the control. */
export function readout(
  settings: { metric: string; [setting: string]: unknown },
  data: { arms: { name: string; blocks?: { unit: string; [figure: string]: unknown }[]; [field: string]: unknown }[] },
): Statistic & { comparisons: { arm: string; verdict: { kind: string }; lift: Estimate | null; [field: string]: any }[] }
/** The statistics of experiments, each by its name in camel case; the arguments are one object. */
export const stats: Stats
/** Where a journal ended at a moment, signed. */
export interface SignedHead {
  /** How many entries there were. */
  entries: number
  /** The hash of the newest one. */
  head: string
  at: string
  public_key: string
  signature: string
}
/**
 * Walks the hash chain of a store's journal, up to a head that was kept outside it or signed where one is given. A signed one is checked with
 * the public key of its signer, which comes from somewhere else.
 */
export function verifyJournal(
  file: string,
  options?: { head?: string; signed?: SignedHead; publicKey?: string; signal?: Signal },
): Promise<{ entries: number; is_intact: boolean; head: string; [field: string]: unknown }>
/** Signs where a store's journal ends now (Ed25519), with a key that `newSigningKey` made. */
export function signJournal(file: string, options: { key: string }): Promise<SignedHead>
/** Puts a backup of a store back as a new file; the backup stays as it is, and a file that is there already is refused. */
export function restore(backup: string | FileUrl, to: string | FileUrl): Promise<void>
/** A new signing key: 64 hexadecimal digits, to be kept outside the store. */
export function newSigningKey(): string
/** The public key that belongs to a signing key: 64 hexadecimal digits. */
export function publicKey(key: string): string
/** The version of the engine. */
export const version: string
