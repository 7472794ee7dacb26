const WORD = /^[a-z-]{1,64}$/;

/**
 * The router hands on to a page what its reader leaves out; here it becomes undefined. The node is read for all pages (`readScope`).
 * @param read one of the readers below
 */
export function strictly<Search extends object>(
  read: (search: Record<string, unknown>) => Search,
): (search: Record<string, unknown>) => Search {
  return (search) => {
    const others = Object.keys(search).filter((key) => key !== 'node');
    return { ...Object.fromEntries(others.map((key) => [key, undefined])), ...read(search) };
  };
}

/** @returns names of what an address carries, apart from the node, and its reader leaves out; at most eight, shortened */
export function leftOut(
  search: Record<string, unknown>,
  read: (search: Record<string, unknown>) => object,
): string[] {
  const kept = read(search) as Record<string, unknown>;
  return Object.keys(search)
    .filter((key) => key !== 'node' && search[key] !== undefined && kept[key] === undefined)
    .slice(0, 8)
    .map((key) => key.slice(0, 32));
}

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
  const { from, to, event } = search;
  // Typed by hand, a number is no text.
  const [q, alert] = [text(search.q, 2_048), text(search.alert, 256)];
  const span = AUDIT_SPANS.find((entry) => entry === search.span);
  const view = AUDIT_VIEWS.find((entry) => entry === search.view);
  const begins = isInstant(from) ? from : undefined;
  return {
    ...(q === undefined ? {} : { q }),
    ...(begins === undefined ? {} : { from: begins }),
    ...(begins !== undefined && isInstant(to) && to > begins ? { to } : {}),
    ...(span ? { span } : {}),
    ...(view ? { view } : {}),
    ...(typeof event === 'number' && Number.isSafeInteger(event) && event > 0 ? { event } : {}),
    ...(alert === undefined ? {} : { alert }),
  };
}

function text(value: unknown, longest: number): string | undefined {
  const words = typeof value === 'number' ? String(value) : value;
  return typeof words === 'string' && words !== '' && words.length <= longest ? words : undefined;
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

/** What the address of Incident may carry: which one, which of its steps is unfolded, or what a new one is started from. */
export interface IncidentSearch {
  /** Id of an incident. */
  of?: string | undefined;
  step?: string | undefined;
  /** Id of an alert that one is started from. */
  alert?: string | undefined;
  /** Check and node of a finding that one is started from. */
  check?: string | undefined;
  on?: string | undefined;
  /** Start one by hand. */
  start?: true | undefined;
}

/** Read the search part of Incident, which comes from outside: anything that is not as expected is left out. */
export function readIncidentSearch(search: Record<string, unknown>): IncidentSearch {
  const alert = text(search.alert, 256);
  return {
    ...(typeof search.of === 'string' && /^[0-9a-f]{32}$/.test(search.of) ? { of: search.of } : {}),
    ...(typeof search.step === 'string' && WORD.test(search.step) ? { step: search.step } : {}),
    ...(alert === undefined ? {} : { alert }),
    ...(typeof search.check === 'string' && WORD.test(search.check) ? { check: search.check } : {}),
    ...(typeof search.on === 'string' && /^[a-z0-9-]{1,64}$/.test(search.on) ? { on: search.on } : {}),
    ...(search.start === true ? { start: true } : {}),
  };
}
