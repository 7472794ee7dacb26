import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ErrorLog } from '#core/api/caller.ts';
import { createHttpHandler, readJson, sendError } from '#core/api/http-handler.ts';
import { createServer } from '#core/api/node-http.ts';
import type { Api } from '#core/api/router.ts';
import { CODE_PARAMETER, RPC_PATH, SESSION_PATH, TOKEN_HEADER } from '#shared/contract/web-shell.ts';
import { cookieName, cookieOf, setCookie } from './cookie.ts';
import { closeServer, harden, type Listen, listen, SERVER_OPTIONS } from './hardened-server.ts';
import { OneTimeCodes } from './one-time-codes.ts';
import type { PageFiles } from './page-files.ts';
import { RateLimit } from './rate-limit.ts';
import { type Address, type Refusal, refusalOf } from './request-guard.ts';
import { setSafeHeaders } from './response-headers.ts';
import { type Session, Sessions } from './sessions.ts';

/** Requests before there is a session: page files and exchanges. */
const BEFORE_SESSION = { burst: 400, perSecond: 100 };
/** Calls of one session: 1,000 at once must pass, an endless loop must not. */
const IN_SESSION = { burst: 2_000, perSecond: 500 };

const exchange = z.strictObject({ code: z.string().max(128) });

/** What helps whoever has no session. A stranger reads it too: it names no folder. */
const FRESH_LINK = 'Run npm start again, with the same options as before: it prints a fresh link.';

export interface WebShellOptions {
  api: Api;
  page: PageFiles;
  listen: Listen;
  log: ErrorLog;
  /** Told each time that a page has signed in. */
  onSession?: () => void;
  /** Milliseconds since the epoch; replaced in tests. */
  now?: () => number;
}

export interface WebShell {
  /** The port that browsers see; with a Unix socket the one that the tunnel must use. */
  port: number;
  origin: string;
  /** @returns an address that opens the console once, within two minutes */
  freshLink(): string;
  /** Ends all sessions and their streams at once. Links that were not used yet stay good. */
  endSessions(): void;
  close(): Promise<void>;
}

/**
 * Serves page and contract to a browser of this computer, and to nobody else: see docs/security.md. The order in which a
 * request is handled is the defence: safe headers, then who asks and by which name, then limits, then the session, and
 * only then what it asks for.
 * @throws Error when it cannot listen (EADDRINUSE when the port is taken)
 */
export async function startWebShell(options: WebShellOptions): Promise<WebShell> {
  const { api, page, log, now = Date.now } = options;
  const codes = new OneTimeCodes(now);
  const limits = new Map<string, RateLimit>();
  const sessions = new Sessions((session) => {
    limits.delete(session.client);
    api.streams.closeClient(session.client);
  }, now);
  const strangers = new RateLimit(BEFORE_SESSION.burst, BEFORE_SESSION.perSecond, now);
  const call = createHttpHandler(api, RPC_PATH);
  const server = createServer(SERVER_OPTIONS, (incoming, outgoing) => {
    handle(incoming, outgoing).catch((error) => {
      log.error('A request of the page failed', error);
      if (outgoing.headersSent) outgoing.destroy();
      else sendError(outgoing, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong inside the console.');
    });
  });
  harden(server);
  const port = await listen(server, options.listen);
  const address = addressOf(port, options.listen);
  const cookie = cookieName(port, randomBytes(4).toString('hex'));
  const expiry = setInterval(() => sessions.expire(), 60_000).unref();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const nonce = setSafeHeaders(outgoing);
    const refusal = refusalOf(incoming, address);
    if (refusal !== null) return answerRefusal(incoming, outgoing, refusal);
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
    if (incoming.method === 'POST' && path.startsWith(`${RPC_PATH}/`)) {
      const session = sessionOf(incoming);
      if (session === null) return strangers.take() ? refuseStranger(outgoing) : tooMany(outgoing);
      if (!limitOf(session).take()) return tooMany(outgoing);
      return call(incoming, outgoing, { kind: 'renderer', client: session.client });
    }
    if (!strangers.take()) return tooMany(outgoing);
    if (incoming.method === 'POST' && path === SESSION_PATH) return openSession(incoming, outgoing);
    if (incoming.method === 'GET') return answerPage(path, outgoing, nonce);
    outgoing.setHeader('connection', 'close');
    sendError(outgoing, 404, 'NOT_FOUND', 'There is nothing here.');
  }

  function sessionOf(incoming: IncomingMessage): Session | null {
    const token = incoming.headers[TOKEN_HEADER.toLowerCase()];
    const given = typeof token === 'string' && token.length <= 128 ? token : null;
    return sessions.find(cookieOf(incoming.headers.cookie, cookie), given);
  }

  function limitOf(session: Session): RateLimit {
    const limit = limits.get(session.client) ?? new RateLimit(IN_SESSION.burst, IN_SESSION.perSecond, now);
    limits.set(session.client, limit);
    return limit;
  }

  function refuseStranger(outgoing: ServerResponse): void {
    outgoing.setHeader('connection', 'close');
    sendError(outgoing, 401, 'UNAUTHORIZED', 'This page has no session.', FRESH_LINK);
  }

  async function openSession(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readJson(incoming);
    if (body.state === 'too-large') {
      outgoing.setHeader('connection', 'close');
      return sendError(outgoing, 413, 'PAYLOAD_TOO_LARGE', 'The request is too large.');
    }
    const parsed = exchange.safeParse(body.state === 'read' ? body.value : null);
    if (!parsed.success) return sendError(outgoing, 400, 'BAD_REQUEST', 'The request is not valid.');
    if (!codes.redeem(parsed.data.code)) {
      return sendError(
        outgoing,
        403,
        'LINK_REFUSED',
        'This link was used already or is older than two minutes.',
        FRESH_LINK,
      );
    }
    const opened = sessions.open(cookieOf(incoming.headers.cookie, cookie));
    const answer = JSON.stringify({
      token: opened.token,
      endsAt: new Date(opened.session.endsAt).toISOString(),
    });
    outgoing.setHeader('set-cookie', setCookie(cookie, opened.cookie));
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(answer);
    options.onSession?.();
  }

  function answerPage(path: string, outgoing: ServerResponse, nonce: string): void {
    const file = page.get(path);
    if (file !== undefined) {
      outgoing.writeHead(200, { 'content-type': file.type, 'content-length': file.content.length });
      outgoing.end(file.content);
    } else if (isPageAddress(path)) {
      outgoing.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      outgoing.end(page.index(nonce));
    } else sendText(outgoing, 404, 'There is nothing here.');
  }

  return {
    port,
    origin: address.origin,
    freshLink: () => `${address.origin}/#${CODE_PARAMETER}=${codes.issue()}`,
    endSessions: () => sessions.endAll(),
    async close() {
      clearInterval(expiry);
      sessions.endAll();
      await closeServer(server);
    },
  };
}

/** Pages of the renderer have names without a dot, a file that is missing is missing: `/checks`, not `/x.js`. */
function isPageAddress(path: string): boolean {
  return /^\/[a-z0-9/-]*$/.test(path) && !path.startsWith(`${RPC_PATH}/`) && path !== SESSION_PATH;
}

function addressOf(port: number, where: Listen): Address {
  const host = `127.0.0.1:${port}`;
  const target = where.kind === 'port' ? host : where.path;
  return { host, origin: `http://${host}`, tunnel: `ssh -L ${port}:${target} <user>@<this computer>` };
}

/** A person who mistyped an address gets words, a program gets JSON. What follows on the connection is not read. */
function answerRefusal(incoming: IncomingMessage, outgoing: ServerResponse, refusal: Refusal): void {
  outgoing.setHeader('connection', 'close');
  if (refusal.status === 405) outgoing.setHeader('allow', 'GET, POST');
  if (incoming.method === 'GET') sendText(outgoing, refusal.status, `${refusal.message}\n${refusal.next}`);
  else sendError(outgoing, refusal.status, refusal.code, refusal.message, refusal.next);
}

function tooMany(outgoing: ServerResponse): void {
  outgoing.setHeader('retry-after', '1');
  sendError(outgoing, 429, 'TOO_MANY_REQUESTS', 'Too many requests at once.', 'Wait a second.');
}

function sendText(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end(`${text.trimEnd()}\n`);
}
