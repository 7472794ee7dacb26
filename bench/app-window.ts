import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { browserArguments } from '../electron/web/open-browser.ts';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Milliseconds after which a browser that was just started has done its own chores. */
const SETTLED_MS = 2_000;

/** Told by the page itself, in milliseconds since the epoch: the clock of the machine is the same for all of us. */
export interface Painted {
  sentence: string;
  /** The browser has the page's answer and runs the first script of the page. */
  firstScript: number;
  /** The frame with the sentence in it is done. */
  painted: number;
  /** Paths of all that was loaded by then. */
  loaded: string[];
}

/** Runs in the page before its own scripts. `wanted`: part of a sentence that counts; empty for any. */
const watchForSentence = (wanted: string) => `{
  const now = () => performance.timeOrigin + performance.now();
  const seen = globalThis.seen = { firstScript: now() };
  const watch = new MutationObserver(() => {
    const sentence = document.querySelector('h1')?.textContent ?? '';
    if (sentence === '' || !sentence.includes(${JSON.stringify(wanted)})) return;
    watch.disconnect();
    seen.sentence = sentence;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        seen.painted = now();
        seen.loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
      };
      port2.postMessage(null);
    });
  });
  watch.observe(document, { childList: true, subtree: true, characterData: true });
}`;

/**
 * An app window of Chromium as `npm start` opens it, without a screen, quiet, and driven by three commands alone: the
 * instruments of a test driver (network and console recording, injected scripts) would be measured along.
 * @returns what opens an address and waits for its sentence, and what closes the browser
 */
export async function openAppWindow(wanted: string) {
  const profile = mkdtempSync(join(tmpdir(), 'swarmkeep-bench-browser-'));
  const blank = join(profile, 'blank.html');
  writeFileSync(blank, '<!doctype html><title>Swarmkeep</title>');
  const child = spawn(
    BROWSER,
    [
      ...browserArguments(profile, blank),
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--window-size=1280,800',
      '--remote-debugging-port=0',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const file = join(profile, 'browser', 'DevToolsActivePort');
  const written = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  while (written().length < 2) await pause(20);
  const [port, path] = written();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await new Promise((opened) => socket.addEventListener('open', opened, { once: true }));

  const waiting = new Map<number, (result: Record<string, never>) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data));
    if (error) throw new Error(`Chromium refused: ${error.message}`);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let count = 0;
  // biome-ignore lint/suspicious/noExplicitAny: answers of the DevTools protocol, read right below
  const ask = (method: string, params: object = {}, sessionId?: string): Promise<any> =>
    new Promise((resolve) => {
      count += 1;
      waiting.set(count, resolve);
      socket.send(JSON.stringify({ id: count, method, params, sessionId }));
    });

  const { targetInfos } = await ask('Target.getTargets');
  const target = targetInfos.find(({ url }: { url: string }) => url === pathToFileURL(blank).href);
  if (target === undefined) throw new Error('Chromium opened no app window');
  const { sessionId } = await ask('Target.attachToTarget', { targetId: target.targetId, flatten: true });
  await ask('Page.enable', {}, sessionId);
  await ask('Page.addScriptToEvaluateOnNewDocument', { source: watchForSentence(wanted) }, sessionId);
  await pause(SETTLED_MS);

  return {
    /** @throws Error when the sentence is not there within 20 s */
    async open(address: string): Promise<Painted> {
      await ask('Page.navigate', { url: address }, sessionId);
      // Asked seldom, and not while it is being drawn: each question takes the page's own time.
      for (let tries = 0; tries < 40; tries += 1) {
        await pause(tries === 0 ? 1_500 : 500);
        const expression = 'globalThis.seen?.loaded ? JSON.stringify(seen) : ""';
        const { result } = await ask('Runtime.evaluate', { expression }, sessionId);
        if (result.value) return JSON.parse(result.value) as Painted;
      }
      throw new Error('the page never said its sentence');
    },
    async close(): Promise<void> {
      socket.send(JSON.stringify({ id: 0, method: 'Browser.close' }));
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
