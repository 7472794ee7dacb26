const WORD = /^[a-z-]{1,64}$/;

/** What Setup's address may carry: the item that is shown, the summary, or the ways in although nodes are there. */
export interface SetupSearch {
  /** Id of a check, or `summary`. */
  step?: string;
  /** Show the ways in. */
  add?: true;
}

/** Read Setup's search part, which comes from outside: anything that is not as expected is left out. */
export function readSetupSearch(search: Record<string, unknown>): SetupSearch {
  return {
    ...(typeof search.step === 'string' && WORD.test(search.step) ? { step: search.step } : {}),
    ...(search.add === true ? { add: true } : {}),
  };
}

/** What the address of Checks may carry: the finding that is unfolded. */
export interface ChecksSearch {
  /** Id of a check. */
  check?: string;
  /** Id of the node that the unfolded finding belongs to. */
  on?: string;
}

/** Read the search part of Checks, which comes from outside: anything that is not as expected is left out. */
export function readChecksSearch(search: Record<string, unknown>): ChecksSearch {
  return {
    ...(typeof search.check === 'string' && WORD.test(search.check) ? { check: search.check } : {}),
    ...(typeof search.on === 'string' && /^[a-z0-9-]{1,64}$/.test(search.on) ? { on: search.on } : {}),
  };
}

/** What a plan can be about, as its address names it. */
export const PLAN_KINDS = ['fix', 'undo', 'redo', 'allow', 'remove'] as const;

/** What the address of a plan may carry: for what, on which node, for which checks, about which change. */
export interface PlanSearch {
  do?: (typeof PLAN_KINDS)[number];
  /** Id of the node; for `fix`, `allow` and `remove`. */
  on?: string;
  /** Ids of checks with commas between, or `all` that can be repaired; for `fix`. */
  checks?: string;
  /** Id of a change; for `undo` and `redo`. */
  change?: string;
}

/** Read the search part of a plan, which comes from outside: anything that is not as expected is left out. */
export function readPlanSearch(search: Record<string, unknown>): PlanSearch {
  const kind = PLAN_KINDS.find((entry) => entry === search.do);
  return {
    ...(kind ? { do: kind } : {}),
    ...(typeof search.on === 'string' && /^[a-z0-9-]{1,64}$/.test(search.on) ? { on: search.on } : {}),
    ...(typeof search.checks === 'string' && /^[a-z,-]{1,2048}$/.test(search.checks)
      ? { checks: search.checks }
      : {}),
    ...(typeof search.change === 'string' && /^[0-9a-f]{32}$/.test(search.change)
      ? { change: search.change }
      : {}),
  };
}

/** What the address of Activity may carry: the event that is unfolded, and which kinds are listed. */
export interface ActivitySearch {
  event?: number;
  about?: string;
}

/** Read the search part of Activity, which comes from outside: anything that is not as expected is left out. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  return {
    ...(typeof search.event === 'number' && Number.isSafeInteger(search.event) && search.event > 0
      ? { event: search.event }
      : {}),
    ...(typeof search.about === 'string' && WORD.test(search.about) ? { about: search.about } : {}),
  };
}

/** What the address of Audit may carry: the query, the chosen time, the unfolded event, and what stands in place of the log. */
export interface AuditSearch {
  /** In the query language of the audit. */
  q?: string | undefined;
  /** ISO 8601; `to` is not included. */
  from?: string | undefined;
  to?: string | undefined;
  span?: '15m' | '1h' | '24h' | '7d' | undefined;
  event?: number | undefined;
  alert?: string | undefined;
  view?: 'sources' | 'rules' | 'new' | undefined;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const AUDIT_SPANS = ['15m', '1h', '24h', '7d'] as const;
const AUDIT_VIEWS = ['sources', 'rules', 'new'] as const;

/** Read the search part of Audit, which comes from outside: anything that is not as expected is left out. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const { q, from, to, event, alert } = search;
  const span = AUDIT_SPANS.find((entry) => entry === search.span);
  const view = AUDIT_VIEWS.find((entry) => entry === search.view);
  const begins = isInstant(from) ? from : undefined;
  return {
    ...(typeof q === 'string' && q !== '' && q.length <= 2_048 ? { q } : {}),
    ...(begins === undefined ? {} : { from: begins }),
    ...(begins !== undefined && isInstant(to) && to > begins ? { to } : {}),
    ...(span ? { span } : {}),
    ...(view ? { view } : {}),
    ...(typeof event === 'number' && Number.isSafeInteger(event) && event > 0 ? { event } : {}),
    ...(typeof alert === 'string' && alert !== '' && alert.length <= 256 ? { alert } : {}),
  };
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}
