import { app } from 'electron';

/**
 * Take the lock of this profile. A second start shows the window of the first and ends; whatever it carried, an address
 * for one, is not looked at.
 * @param show brings the window to the front
 * @returns false when another instance runs: this one has to end
 */
export function takeInstanceLock(show: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => show());
  return true;
}

/**
 * Deep links are refused: no protocol is registered for us, and an address or a file that arrives all the same is
 * dropped.
 */
export function refuseDeepLinks(): void {
  app.on('open-url', (event) => event.preventDefault());
  app.on('open-file', (event) => event.preventDefault());
}
