/** Why advisory data could not be had or taken: words that can be shown, and what to do next. What was there before stays. */
export class AdvisoryDataError extends Error {
  override readonly name = 'AdvisoryDataError';
  readonly next: string;

  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}

export const WHERE_TO_GET =
  'Take PyPI/all.zip as OSV publishes it (osv.dev, "Data dumps"), or a folder of its JSON files.';

/** The work was called off. */
export function cancelled(): AdvisoryDataError {
  return new AdvisoryDataError('It was called off.', 'The advisory data is as it was before.');
}
