import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { QuestionDesk } from '#core/console/question-desk.ts';
import type { ErrorLog } from './caller.ts';
import { CommandTerminals, terminalOf } from './command-terminal.ts';
import { createHttpHandler, isJson, readJson, sendError } from './http-handler.ts';
import { createServer } from './node-http.ts';
import type { Api } from './router.ts';
import { listenOnSocketFile } from './socket-file.ts';

const FILE_NAME = 'console.sock';
export const SOCKET_RPC_PREFIX = '/rpc';
export const SOCKET_ADMIN_PREFIX = '/admin';

/** What a second start or a command may ask of the running console, beside the contract and never of a renderer. */
export interface SocketAdmin {
  /** A fresh one-time link of the web shell; null in a shell that has none. */
  freshLink(): Promise<string | null>;
  /** Bring the window to the front; false in a shell that has none. */
  showWindow(): Promise<boolean>;
  /**
   * Give the records free for whoever wants to open a window, and come back when that one has ended. Left out by a console that is
   * somebody's own: false.
   * @returns once the records are free
   */
  standDown?(): Promise<boolean>;
}

export interface LocalSocketOptions {
  api: Api;
  /** The console's own folder: must belong to this user and be closed to all others (0700). */
  dataFolder: string;
  admin: SocketAdmin;
  /** Where the terminals of commands can be asked; left out by a console that asks nobody. */
  questions?: QuestionDesk | undefined;
  log: ErrorLog;
}

export interface LocalSocket {
  path: string;
  /** Frees the place for another console; what is under way is answered. */
  stopListening(): void;
  close(): Promise<void>;
}

/** @returns where the console of this data folder listens. */
export function socketPathOf(dataFolder: string): string {
  return join(dataFolder, FILE_NAME);
}

/**
 * Opens the socket through which commands of the same user reach the running console. File permissions keep other users
 * out, not a program of the same user: so nothing privileged is done here without consent either.
 * @throws Error when the folder is not closed to others, its path is too long, or another console listens there
 */
export async function serveLocalSocket(options: LocalSocketOptions): Promise<LocalSocket> {
  const path = socketPathOf(options.dataFolder);
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.on('upgrade', (_incoming, socket) => socket.destroy());
  server.on('connect', (_incoming, socket) => socket.destroy());
  const call = createHttpHandler(options.api, SOCKET_RPC_PREFIX);
  const terminals = options.questions === undefined ? null : new CommandTerminals(options.questions);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      // No browser comes here by itself; one that is led here through a proxy says where it comes from.
      if (incoming.headers.origin !== undefined || incoming.headers['sec-fetch-site'] !== undefined) {
        sendError(outgoing, 403, 'FORBIDDEN', 'Pages are not served here.');
      } else if (incoming.url?.startsWith(`${SOCKET_RPC_PREFIX}/`)) {
        await call(incoming, outgoing, {
          kind: 'operator-terminal',
          client: 'local-socket',
          terminal: terminalOf(incoming),
        });
      } else {
        await answerAdmin(incoming, outgoing, options.admin, terminals);
      }
    } catch (error) {
      options.log.error('A request over the local socket failed', error);
      if (outgoing.headersSent) outgoing.destroy();
      else sendError(outgoing, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong inside the console.');
    }
  }

  await listenOnSocketFile(server, path);
  return {
    path,
    stopListening: () => void server.close(),
    close: () =>
      new Promise((resolve) => {
        // Node removes the socket file itself when a server on a path closes.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerAdmin(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  admin: SocketAdmin,
  terminals: CommandTerminals | null,
): Promise<void> {
  if (incoming.method !== 'POST' || !isJson(incoming.headers['content-type'])) {
    sendError(outgoing, 405, 'METHOD_NOT_SUPPORTED', 'Only POST with JSON is understood here.');
    return;
  }
  const body = await readJson(incoming);
  if (body.state !== 'read') return sendError(outgoing, 400, 'BAD_REQUEST', 'The request is not JSON.');
  if (incoming.url === `${SOCKET_ADMIN_PREFIX}/link`) send(outgoing, { url: await admin.freshLink() });
  else if (incoming.url === `${SOCKET_ADMIN_PREFIX}/show`) {
    send(outgoing, { shown: await admin.showWindow(), pid: process.pid });
  } else if (incoming.url === `${SOCKET_ADMIN_PREFIX}/stand-down`) {
    send(outgoing, { stoodDown: (await admin.standDown?.()) ?? false });
  } else if (incoming.url === `${SOCKET_ADMIN_PREFIX}/terminal` && terminals !== null) {
    if (!terminals.attach(body.value, outgoing))
      sendError(outgoing, 400, 'BAD_REQUEST', 'The request is not valid.');
  } else if (incoming.url === `${SOCKET_ADMIN_PREFIX}/answer` && terminals !== null) {
    const heard = terminals.answer(body.value);
    if (heard === undefined) sendError(outgoing, 400, 'BAD_REQUEST', 'The request is not valid.');
    else send(outgoing, { heard });
  } else sendError(outgoing, 404, 'NOT_FOUND', 'There is no such procedure.');
}

function send(outgoing: ServerResponse, value: unknown): void {
  outgoing.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  outgoing.end(JSON.stringify(value));
}
