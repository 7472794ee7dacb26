import { join } from 'node:path';
import { Emitter, options, record } from './state.ts';

/** The application object. `ready()` is for the test: nothing is ready before it is called. */
class App extends Emitter {
  name = 'Electron';
  readonly isPackaged = options.isPackaged;
  readonly paths = new Map<string, string>();
  isReady = false;
  exitCode: number | null = null;
  quitDone = false;
  readonly #ready = Promise.withResolvers<void>();

  readonly commandLine = {
    hasSwitch: (name: string) => options.switches.includes(name),
    appendSwitch: (name: string, value?: string) => {
      if (this.isReady) throw new Error(`--${name} comes too late`);
      record('app.commandLine.appendSwitch', name, value);
    },
  };

  becomeReady(): void {
    this.isReady = true;
    this.#ready.resolve();
  }

  enableSandbox(): void {
    if (this.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    record('app.enableSandbox');
  }

  setName(name: string): void {
    this.name = name;
  }

  getVersion(): string {
    return '0.1.0';
  }

  getPath(name: string): string {
    return this.paths.get(name) ?? join(options.folder, name);
  }

  setPath(name: string, path: string): void {
    record('app.setPath', name, path);
    this.paths.set(name, path);
  }

  requestSingleInstanceLock(...args: unknown[]): boolean {
    record('app.requestSingleInstanceLock', ...args);
    return options.lock;
  }

  setAsDefaultProtocolClient(...args: unknown[]): boolean {
    record('app.setAsDefaultProtocolClient', ...args);
    return true;
  }

  whenReady(): Promise<void> {
    record('app.whenReady');
    return this.#ready.promise;
  }

  quit(): void {
    record('app.quit');
    if (this.fire('before-quit', {})) return;
    this.emit('quitting');
    this.quitDone = true;
  }

  exit(code: number): void {
    record('app.exit', code);
    this.exitCode = code;
  }
}

export const app = new App();
