import { app } from './app.ts';
import { Emitter, record } from './state.ts';

type Answer<T> = (value: T) => void;

/** A session: keeps every handler that it is given, so that a test can ask each of them. */
export class Session extends Emitter {
  readonly partition: string;
  readonly schemes = new Map<string, (request: Request) => Promise<Response>>();
  proxy: unknown = null;
  spellChecker = true;
  permissionRequest:
    | ((contents: unknown, permission: string, answer: Answer<boolean>, details: object) => void)
    | null = null;
  permissionCheck:
    | ((contents: unknown, permission: string, origin: string, details: object) => boolean)
    | null = null;
  devicePermission: ((details: object) => boolean) | null = null;
  displayMedia: ((request: object, answer: Answer<object>) => void) | null = null;
  certificateVerify: ((request: object, answer: Answer<number>) => void) | null = null;
  beforeRequest: ((details: { url: string }, answer: Answer<{ cancel?: boolean }>) => void) | null = null;

  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
      this.schemes.set(scheme, handler);
    },
  };

  readonly webRequest = {
    onBeforeRequest: (listener: Session['beforeRequest']) => {
      this.beforeRequest = listener;
    },
  };

  constructor(partition: string) {
    super();
    this.partition = partition;
    app.emit('session-created', this);
  }

  async setProxy(config: unknown): Promise<void> {
    this.proxy = config;
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }

  setPermissionRequestHandler(handler: Session['permissionRequest']): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: Session['permissionCheck']): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: Session['devicePermission']): void {
    this.devicePermission = handler;
  }

  setDisplayMediaRequestHandler(handler: Session['displayMedia']): void {
    this.displayMedia = handler;
  }

  setCertificateVerifyProc(handler: Session['certificateVerify']): void {
    this.certificateVerify = handler;
  }

  /** Whether a request would be let out of the page. */
  lets(url: string): boolean {
    const verdict: { cancel?: boolean } = {};
    this.beforeRequest?.({ url }, (answer) => {
      Object.assign(verdict, answer);
    });
    return verdict.cancel !== true;
  }

  /** Load an address as the page would: through the request filter, then from the handler of its scheme. */
  async load(url: string, init: RequestInit = {}): Promise<Response> {
    if (!this.lets(url)) throw new Error(`net::ERR_BLOCKED_BY_CLIENT ${url}`);
    const handler = this.schemes.get(url.slice(0, url.indexOf(':')));
    if (handler === undefined) throw new Error(`net::ERR_UNKNOWN_URL_SCHEME ${url}`);
    return handler(new Request(url, init));
  }
}

const partitions = new Map<string, Session>();

export const session = {
  /** Made when Electron is ready, whether anybody uses it or not. */
  get defaultSession(): Session {
    return session.fromPartition('');
  },
  fromPartition(partition: string, sessionOptions?: object): Session {
    record('session.fromPartition', partition, sessionOptions);
    const known = partitions.get(partition);
    if (known !== undefined) return known;
    const made = new Session(partition);
    partitions.set(partition, made);
    return made;
  },
};
