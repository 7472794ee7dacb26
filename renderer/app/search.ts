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
