/**
 * `node:http` without its getters. An `import` of it reads every export once to copy it, `WebSocket` and
 * `CloseEvent` included, and those load all of undici: about 45 ms of each start for something nobody here uses.
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http');
