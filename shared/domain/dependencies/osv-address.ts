/** Where OSV publishes its data (google.github.io/osv.dev/data, "Data dumps"). */
export const OSV_ADDRESS = 'https://storage.googleapis.com/osv-vulnerabilities';

/** Longest address: it is recorded and shown. */
export const LONGEST_ADDRESS = 240;

/**
 * Whether advisories may be fetched from there: https, or http on this computer (a mirror that somebody carries there). Without user
 * and password, query and fragment: it is recorded and shown.
 */
export function isAdvisoryAddress(text: string): boolean {
  if (text.length > LONGEST_ADDRESS || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false;
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}
