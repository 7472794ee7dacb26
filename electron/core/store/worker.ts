import { parentPort, workerData } from 'node:worker_threads';
import { openInPlace, type PlacedStore } from './in-place.ts';
import type { StoreRequest, StoreResponse } from './protocol.ts';
import { asStoreError } from './store-error.ts';

/** The thread of the store: the only writer of the records. Started by `openStore`, never imported. */
function serve(port: NonNullable<typeof parentPort>, folder: string): void {
  const answer = (response: StoreResponse): void => port.postMessage(response);
  let store: PlacedStore;
  try {
    store = openInPlace(folder);
  } catch (error) {
    answer({ opened: false, failure: asStoreError(error, folder).toFailure() });
    port.close();
    return;
  }
  port.on('message', (request: StoreRequest) => {
    if ('close' in request) {
      store.close();
      answer({ id: request.id, value: undefined });
      port.close();
      return;
    }
    try {
      answer({ id: request.id, value: store.run(request.name, request.input) });
    } catch (error) {
      answer({ id: request.id, failure: asStoreError(error, folder).toFailure() });
    }
  });
  answer({ opened: true });
}

if (parentPort) serve(parentPort, String(workerData.folder));
