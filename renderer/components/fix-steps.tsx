import type { FixStep } from '#shared/domain/finding.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { isNumbered } from '#shared/domain/numbered-steps.ts';
import { ROOT_SHELL, wantsRootShell } from '#shared/domain/root-shell.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { CopyButton } from './copy-button.tsx';
import { Disclosure } from './disclosure.tsx';
import './fix-steps.css';
import { NamedChecks } from './named-checks.tsx';
import { StepFile } from './step-file.tsx';

/** Steps for a person to do on the node, each command ready to copy. Sentences between them have no number. */
export function FixSteps({ steps, node }: { steps: readonly FixStep[]; node?: NodeId | undefined }) {
  return (
    <>
      {wantsRootShell(steps) ? <p className="fix-steps__note">{ROOT_SHELL}</p> : null}
      <ol className="fix-steps">
        {steps.map((step, index) => (
          <Step
            // Steps are an order, and their place is their name.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            step={step}
            node={node}
            number={isNumbered(step) ? steps.slice(0, index + 1).filter(isNumbered).length : null}
          />
        ))}
      </ol>
    </>
  );
}

function Step({ step, node, number }: { step: FixStep; node: NodeId | undefined; number: number | null }) {
  const { text, command, needsRoot, file, undo } = step;
  const name = number === null ? 'these steps' : `step ${number}`;
  return (
    <li className="fix-steps__step">
      {number === null ? null : <span className="fix-steps__number">{number}</span>}
      <p>
        {node === undefined ? visible(text) : <NamedChecks text={text} node={node} />}
        {needsRoot ? <span className="fix-steps__root">as administrator</span> : null}
      </p>
      {file === undefined ? null : <StepFile file={file} />}
      {command === null ? null : file === undefined ? (
        <Command text={command} label={`Copy the command of ${name}`} />
      ) : (
        <Disclosure summary="The command that writes it">
          <Command text={command} label={`Copy the command of ${name}`} />
        </Disclosure>
      )}
      {undo === undefined ? null : (
        <Disclosure summary={number === null ? 'The commands' : 'To take it back'}>
          <Command text={undo} label={`Copy what takes ${name} back`} />
        </Disclosure>
      )}
    </li>
  );
}

function Command({ text, label }: { text: string; label: string }) {
  return (
    <div className="fix-steps__command">
      <pre>{visibleLines(text)}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
