import { EventEmitter } from 'node:events';

/** How one start of the stand-in behaves; set on `globalThis` before the main script is loaded. */
export interface StandInOptions {
  isPackaged: boolean;
  /** Folder for `userData` and `downloads`. */
  folder: string;
  /** Whether this start gets the single-instance lock. */
  lock: boolean;
  dark: boolean;
  displays: { x: number; y: number; width: number; height: number }[];
  /** `real`: the built core runs in a thread; `double`: the test speaks for the core. */
  core: 'real' | 'double';
  /** Chromium's switches on the command line. */
  switches: string[];
  /** Printing gives something that is no PDF. */
  noPdf?: boolean;
  /** Whether the desktop has a place for tray icons. */
  tray: boolean;
}

/** One call of an Electron function by the code under test. */
export interface Call {
  api: string;
  args: unknown[];
}

const key = Symbol.for('swarmkeep.stand-in.options');

/** Set the options of the next start. */
export function setOptions(options: StandInOptions): void {
  Reflect.set(globalThis, key, options);
}

export const options: StandInOptions = Reflect.get(globalThis, key);

/** Every call in the order in which it was made. */
export const calls: Call[] = [];

export function record(api: string, ...args: unknown[]): void {
  calls.push({ api, args });
}

/** @returns all calls of one function */
export function callsOf(api: string): Call[] {
  return calls.filter((call) => call.api === api);
}

/** The event object of Electron's events that can be refused. */
export interface PreventableEvent {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

/** Make such an event, with the parameters that some of them carry. */
export function preventable<T extends object>(parameters: T): T & PreventableEvent {
  let prevented = false;
  return Object.defineProperties(
    { ...parameters },
    {
      defaultPrevented: { get: () => prevented },
      preventDefault: {
        value: () => {
          prevented = true;
        },
      },
    },
  ) as T & PreventableEvent;
}

/** An emitter that tells whether an event that can be refused was refused. */
export class Emitter extends EventEmitter {
  fire(name: string, parameters: object, ...more: unknown[]): boolean {
    const event = preventable(parameters);
    this.emit(name, event, ...more);
    return event.defaultPrevented;
  }
}
