import { commandName } from '#shared/domain/command-name.ts';
import { quote } from './quote.ts';

function onNode(words: string, nodeName: string): string {
  const node = quote(nodeName);
  return `${commandName(process.env)} ${words}${node.ok ? ` --node ${node.text}` : ''}`;
}

/** @returns the command that allows changes on a node, as it is typed here: from a checkout, or where Swarmkeep is installed */
export function allowCommand(nodeName: string): string {
  return onNode('allow', nodeName);
}

/** @returns the command that repairs checks of a node, as it is typed here */
export function fixCommand(nodeName: string): string {
  return onNode('fix <checks>', nodeName);
}

/** @returns the command that takes a change back, or takes one up again that waits in the middle, as it is typed here */
export function undoCommand(change: string): string {
  return `${commandName(process.env)} undo ${change.slice(0, 8)}`;
}

/** @returns the command that looks at a node as administrator, as it is typed here */
export function lookCommand(nodeName: string): string {
  return onNode('check --administrator', nodeName);
}
