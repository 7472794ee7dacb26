import { oc } from '@orpc/contract';
import { ERRORS } from './errors.ts';

/**
 * What a procedure may do: `read` changes nothing, `change` changes the console's own state, `privileged` changes a
 * node and needs a plan that the core made and consent given outside the renderer.
 */
export type Access = 'read' | 'change' | 'privileged';

export interface ProcedureMeta {
  access: Access;
}

const base = oc.$meta<ProcedureMeta>({ access: 'privileged' }).errors(ERRORS);

/** A procedure that changes nothing. */
export const read = base.meta({ access: 'read' });
/** A procedure that changes the console's own state. */
export const change = base.meta({ access: 'change' });
/** A procedure that changes a node. */
export const privileged = base.meta({ access: 'privileged' });
