import { Check, CircleCheck, Clock, KeyRound, Lock, type LucideIcon, Moon, Undo2 } from 'lucide-react';
import type { RotationNode, RotationRun } from '#shared/domain/rotation/run.ts';

/** How far a node is: a word, an icon, and the colour that stands behind both. */
export interface NodeWords {
  word: string;
  icon: LucideIcon | 'spinner';
  tone: 'fine' | 'plain' | 'quiet' | 'unknown';
}

/** @param still the rotation stands still: nothing runs, and no spinner may say so */
export function nodeWords({ state, part }: RotationNode, still: boolean): NodeWords {
  if (part === 'keeps') return { word: 'Has it already', icon: KeyRound, tone: 'quiet' };
  switch (state) {
    case 'waiting':
      return { word: 'Waiting', icon: Clock, tone: 'quiet' };
    case 'fenced':
      return { word: 'Fenced', icon: Lock, tone: 'plain' };
    case 'staged':
      return { word: 'Has it beside', icon: KeyRound, tone: 'plain' };
    case 'armed':
      return { word: 'Restart is set', icon: Check, tone: 'plain' };
    case 'committed':
      return {
        word: still ? 'Not proven yet' : 'Restarting',
        icon: still ? Clock : 'spinner',
        tone: 'plain',
      };
    case 'verified':
      return { word: 'Verified', icon: CircleCheck, tone: 'fine' };
    case 'away':
      return { word: 'Left out', icon: Moon, tone: 'unknown' };
    case 'excluded':
      return { word: 'Left out', icon: Lock, tone: 'unknown' };
    case 'removed':
      return { word: 'Removed', icon: Lock, tone: 'quiet' };
    case 'taken-back':
      return { word: 'Has the old one', icon: Undo2, tone: 'quiet' };
    case 'superseded':
      return { word: 'Has a newer one', icon: KeyRound, tone: 'unknown' };
  }
}

/** The four things that a rotation goes through, as the strip over it shows them. */
export const STRIP = [
  { title: 'Beside', words: 'Each node gets the new secret beside the old one' },
  { title: 'Decide', words: 'Up to here it can be taken back' },
  { title: 'In place', words: 'All restart at one instant' },
  { title: 'Proven', words: 'The old one is refused, the new one answers' },
] as const;

/** @returns how many parts of the strip are done; the next one is under way */
export function stripDone(stage: RotationRun['stage']): number {
  switch (stage) {
    case 'planned':
    case 'generated':
    case 'aborted':
      return 0;
    case 'staged':
      return 1;
    case 'decided':
      return 2;
    case 'committed':
      return 3;
    case 'verified':
    case 'old-destroyed':
    case 'done':
      return 4;
  }
}

/** Why it stands still and what helps, in a sentence; null when it does not. */
export function waitsWords({ waits }: RotationRun): string | null {
  switch (waits) {
    case 'unlock':
      return 'It waits for the sealed store: unlock it, and it goes on.';
    case 'nodes':
      return 'It waits for nodes that have to come back or to be mended. Nothing is lost meanwhile.';
    case 'fence':
      return 'It waits because the fence of a node could not be verified: a stranger could be given the new secret.';
    case null:
      return null;
  }
}
