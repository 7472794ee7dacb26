/** A call that was not made because the tab has no session. */
export class SessionMissing extends Error {
  override readonly name = 'SessionMissing';
  override readonly message = 'This tab has no session.';
}
