import { activity } from './activity.ts';
import { audit } from './audit.ts';
import { dependencies } from './dependencies.ts';
import { decisions, findings } from './findings.ts';
import { fixes } from './fixes.ts';
import { incidents } from './incidents.ts';
import { changes, looks } from './looks.ts';
import { nodes } from './nodes.ts';
import { pause } from './pause.ts';
import { questions } from './questions.ts';
import { rotation } from './rotation.ts';
import { sealed } from './sealed.ts';
import { plans, settings, setup, streams, system } from './system.ts';

/** Every procedure and stream of the console: the only thing that shells and renderer share. */
export const contract = {
  system,
  streams,
  nodes,
  looks,
  changes,
  findings,
  decisions,
  settings,
  setup,
  plans,
  fixes,
  questions,
  activity,
  audit,
  dependencies,
  rotation,
  sealed,
  pause,
  incidents,
};
export type Contract = typeof contract;
