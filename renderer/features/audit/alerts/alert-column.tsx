import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditState } from '#shared/contract/audit.ts';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { useNow } from '../../../components/relative-time.tsx';
import { orpc } from '../../../transport/queries.ts';
import { AlertCard } from './alert-card.tsx';
import { AlertRow } from './alert-row.tsx';
import { isOpen, urgentFirst } from './alert-words.ts';
import { SilenceList } from './silence-list.tsx';
import './alerts.css';

const DAY_MS = 86_400_000;
/** Alerts that are done with which stand there before somebody asks for all. */
const DONE = 4;

export interface AlertColumnProps {
  alerts: readonly Alert[];
  names: ReadonlyMap<string, string>;
  state: AuditState;
}

/** What waits for a person, the most urgent one unfolded; what is done with, quieter below. */
export function AlertColumn({ alerts, names, state }: AlertColumnProps) {
  const now = useNow();
  const [chosen, setChosen] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const sorted = urgentFirst(alerts);
  const fresh = sorted.filter((alert) => alert.state === 'new').length;
  const today = sorted.filter(({ lastAt }) => now - Date.parse(lastAt) < DAY_MS).length;
  // The first that waits stands open until somebody opens another one, or folds it.
  const open = chosen ?? sorted.find(isOpen)?.id ?? null;
  const waiting = sorted.filter(isOpen);
  const done = sorted.filter((alert) => !isOpen(alert));
  const shown = all ? done : done.slice(0, DONE);
  const silences = useQuery(orpc.audit.silences.queryOptions()).data ?? [];
  const row = (alert: Alert) =>
    alert.id === open ? (
      <AlertCard
        key={alert.id}
        alert={alert}
        nodeName={names.get(alert.node) ?? alert.node}
        onFold={() => setChosen('')}
      />
    ) : (
      <AlertRow
        key={alert.id}
        alert={alert}
        nodeName={names.get(alert.node) ?? alert.node}
        onOpen={() => setChosen(alert.id)}
      />
    );
  return (
    <aside className="alerts" aria-label="Alerts">
      <div className="alerts__head">
        <h2>Alerts</h2>
        <p>
          {fresh > 0 ? `${fresh} new · ` : ''}
          {today} today
        </p>
      </div>
      {waiting.length === 0 ? (
        <p className="alerts__none">
          {state.watching ? 'None waits for you.' : 'Nobody is watching, so none can come.'}
        </p>
      ) : null}
      {waiting.map(row)}
      {shown.map(row)}
      {done.length > shown.length ? (
        <button type="button" className="alerts__more" onClick={() => setAll(true)}>
          {done.length - shown.length} more that are done with
        </button>
      ) : null}
      <SilenceList silences={silences} />
      <p className="alerts__rules">
        <Link to="/audit" search={(before) => ({ ...before, view: 'new', alert: undefined })}>
          What was never here before
        </Link>
      </p>
      <p className="alerts__rules">
        <Link to="/audit" search={(before) => ({ ...before, view: 'rules', alert: undefined })}>
          {state.rules.toLocaleString('en')} rules in force
        </Link>
        {state.idleRules > 0
          ? `, ${state.idleRules.toLocaleString('en')} of them wait for logs that are not read here`
          : ''}
      </p>
    </aside>
  );
}
