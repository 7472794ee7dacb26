import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Keyboard, Moon, Network, Plus, ScanSearch, Sun } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { CHECK_CATALOGUE } from '#shared/domain/check-catalogue.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { NAV_ITEMS } from '../../app/nav-items.ts';
import { useScope } from '../../app/scope.ts';
import { errorWords } from '../../components/error-state.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { ChangeItems } from './change-items.tsx';
import { Item } from './palette-item.tsx';
import { worstByCheck } from './worst-by-check.ts';
import './palette.css';

export interface PaletteProps {
  onClose: () => void;
  /** Close, and show the list of keys instead. */
  onShowKeys: () => void;
}

/** Opened by Ctrl/Cmd-K on every page; mounted only while it is open. */
export function Palette({ onClose, onShowKeys }: PaletteProps) {
  const navigate = useNavigate();
  const node = useScope();
  const { data: nodes = [] } = useQuery(orpc.nodes.list.queryOptions());
  const { data: findings = [] } = useQuery(orpc.findings.list.queryOptions({ input: { node } }));
  const worst = worstByCheck(findings);
  const { look, dark, toggleTheme } = usePaletteActions();
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="palette-scrim">
          <Dialog.Content className="palette" aria-describedby={undefined}>
            <Dialog.Title className="visually-hidden">Go to a page, a node or a check</Dialog.Title>
            <Command label="Go to a page, a node or a check" loop>
              <Command.Input
                className="palette__input"
                placeholder="Go to a page, a node or a check"
                maxLength={200}
                autoFocus
              />
              <Command.List className="palette__list">
                <Command.Empty className="palette__empty">Nothing has that name.</Command.Empty>
                <Command.Group heading="Do">
                  <Item
                    icon={<ScanSearch aria-hidden="true" />}
                    label={node === null ? 'Look at all nodes now' : `Look at ${nameOf(nodes, node)} now`}
                    onSelect={then(() => look.mutate(node))}
                  />
                  <Item
                    icon={dark ? <Sun aria-hidden="true" /> : <Moon aria-hidden="true" />}
                    label={dark ? 'Switch to the light theme' : 'Switch to the dark theme'}
                    onSelect={then(toggleTheme)}
                  />
                  <Item
                    icon={<Plus aria-hidden="true" />}
                    label="Add a node"
                    onSelect={then(
                      () =>
                        void navigate({
                          to: '/setup/{-$node}',
                          params: { node: undefined },
                          search: { add: true },
                        }),
                    )}
                  />
                  <ChangeItems nodes={nodes} node={node} then={then} />
                  <Item
                    icon={<Keyboard aria-hidden="true" />}
                    label="Show the keys"
                    keys="?"
                    onSelect={onShowKeys}
                  />
                </Command.Group>
                <Command.Group heading="Pages">
                  {NAV_ITEMS.map(({ to, label, icon: Icon, key }) => (
                    <Item
                      key={to}
                      icon={<Icon aria-hidden="true" />}
                      label={label}
                      keys={`g ${key}`}
                      onSelect={then(() => void navigate({ to, params: { node: node ?? undefined } }))}
                    />
                  ))}
                </Command.Group>
                <Command.Group heading="Nodes">
                  {nodes.map((entry) => (
                    <Item
                      key={entry.id}
                      id={`node ${entry.id}`}
                      icon={<Network aria-hidden="true" />}
                      label={visible(entry.name)}
                      note={entry.lastError ? 'did not answer' : undefined}
                      onSelect={then(() => void navigate({ to: '/checks', search: { node: entry.id } }))}
                    />
                  ))}
                </Command.Group>
                <Command.Group heading="Checks">
                  {findings.length === 0
                    ? null
                    : CHECK_CATALOGUE.map(({ id, title, lacking }) => {
                        const finding = worst.get(id);
                        if (!finding) return null;
                        return (
                          <Item
                            key={id}
                            id={id}
                            icon={<StatusIcon status={finding.status} />}
                            label={title}
                            mono={id}
                            note={lacking ? 'not in this version' : statusWord(finding.status)}
                            onSelect={then(
                              () =>
                                void navigate({
                                  to: '/checks',
                                  search: { node: node ?? undefined, check: id, on: finding.node },
                                }),
                            )}
                          />
                        );
                      })}
                </Command.Group>
              </Command.List>
            </Command>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function nameOf(nodes: readonly { id: string; name: string }[], node: NodeId): string {
  return visible(nodes.find((entry) => entry.id === node)?.name ?? node);
}

function usePaletteActions() {
  const toast = useToast();
  const settings = useQuery(orpc.settings.get.queryOptions());
  const look = useMutation({
    mutationFn: (node: NodeId | null) => client.looks.start(node === null ? {} : { nodes: [node] }),
    onSuccess: ({ looks }) => {
      if (looks.length === 0) toast({ text: 'There is no node to look at yet.' });
    },
    onError: (error) =>
      toast({ text: errorWords(error, 'The look could not be started.').what, problem: true }),
  });
  const theme = settings.data?.theme ?? 'system';
  const dark =
    theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  const toggleTheme = () => {
    if (!settings.data) return;
    void client.settings.set({ ...settings.data, theme: dark ? 'light' : 'dark' }).catch((error: unknown) => {
      toast({ text: errorWords(error, 'The theme could not be saved.').what, problem: true });
    });
  };
  return { look, dark, toggleTheme };
}
