import { basename } from 'node:path';
import type { EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import { EVIDENCE_SUBJECTS } from '#shared/domain/incident/evidence.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import { FILE_IMPORTANCE, type WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import { counted } from '#shared/domain/words.ts';
import type { Block, Cell } from './report-blocks.ts';
import { utc } from './utc.ts';

const MOST_FILES = 100;

const LAYERS = {
  peer: 'Refused by this peer',
  timer: 'Timer on the node',
  rules: 'Firewall rules',
  egress: 'Raw packets out',
  addresses: 'Addresses pinned',
  snapshot: 'State right after the cut',
  sockets: 'Open connections ended',
  boot: 'Kept over a restart',
} as const;

const IS = {
  waiting: 'not yet',
  sent: 'asked, no answer',
  holds: 'holds',
  partly: 'holds in part',
  failed: 'does not hold',
  lifted: 'taken away again',
  'not-needed': 'not needed',
} as const;

/** @returns how nodes were shut off: each layer with its proof, and what was never proven */
export function isolationBlocks(isolations: readonly Isolation[]): Block[] {
  if (isolations.length === 0) return [];
  const blocks: Block[] = [{ kind: 'heading', text: 'How it was shut off' }];
  for (const { sentence, startedAt, nodes } of isolations) {
    blocks.push({ kind: 'text', text: `${utc(startedAt)}: ${sentence}` });
    for (const node of nodes) {
      const rows = node.layers
        .filter((layer) => layer.is !== 'not-needed')
        .map(({ layer, name, is, at, proof }) => [
          LAYERS[layer],
          name,
          IS[is],
          at === null ? '' : utc(at),
          proof,
        ]);
      blocks.push({ kind: 'table', head: ['Layer', 'Where', 'State', 'When', 'What proves it'], rows });
      if (node.couldUndo.length > 0) {
        blocks.push({ kind: 'text', text: `What an administrator on ${node.name} could still undo:` });
        blocks.push({ kind: 'list', items: node.couldUndo });
      }
    }
  }
  return blocks;
}

/** @returns the archives with their hashes, and every piece that is not whole */
export function evidenceBlocks(evidence: readonly EvidenceSummary[]): Block[] {
  if (evidence.length === 0) return [];
  const blocks: Block[] = [{ kind: 'heading', text: 'Evidence' }];
  for (const one of evidence) {
    blocks.push({ kind: 'text', text: `${utc(one.takenAt)}, ${one.nodeName}: ${one.sentence}` });
    const rows: Cell[][] = [
      ['File', { mono: basename(one.archive) }],
      ['SHA-256 of the file', { mono: one.sha256 }],
      ['SHA-256 of its list of contents', { mono: one.manifestSha256 }],
      ['Secrets taken out of it', String(one.sealed)],
    ];
    blocks.push({ kind: 'table', head: ['', ''], rows });
    const lacking = one.pieces.filter(({ outcome }) => outcome !== 'whole' && outcome !== 'not-there');
    if (lacking.length === 0) continue;
    blocks.push({ kind: 'text', text: 'Not whole:' });
    blocks.push({
      kind: 'table',
      head: ['What', 'From', 'Why'],
      rows: lacking.map(({ subject, origin, outcome, why }) => [
        EVIDENCE_SUBJECTS[subject],
        { mono: origin },
        why || outcome,
      ]),
    });
  }
  return blocks;
}

/** @returns what was created, changed and deleted, what matters most first */
export function filesBlocks(audits: readonly WorkspaceAudit[]): Block[] {
  if (audits.length === 0) return [];
  const blocks: Block[] = [{ kind: 'heading', text: 'Files that changed' }];
  for (const { at, nodeName, sentence, changes, total, unseen } of audits) {
    blocks.push({ kind: 'text', text: `${utc(at)}, ${nodeName}: ${sentence}` });
    const rows = changes
      .slice(0, MOST_FILES)
      .map(({ path, deeds, importance, forged, now }): Cell[] => [
        FILE_IMPORTANCE[importance],
        { mono: path },
        deeds.join(', '),
        `${now?.changedAt ? utc(now.changedAt) : ''}${forged ? ' (its time was set back)' : ''}`,
        { mono: now?.sha256 ?? '' },
      ]);
    if (rows.length > 0)
      blocks.push({
        kind: 'table',
        head: ['What it is', 'Path', 'What happened', 'When', 'SHA-256 now'],
        rows,
      });
    const left = total - rows.length;
    if (left > 0) blocks.push({ kind: 'text', text: `${counted(left, 'more change')} not listed here.` });
    if (unseen.length > 0) {
      blocks.push({ kind: 'text', text: 'Not looked at:' });
      blocks.push({ kind: 'list', items: unseen });
    }
  }
  return blocks;
}
