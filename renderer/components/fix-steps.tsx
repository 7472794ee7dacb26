import type { FixStep } from '#shared/domain/finding.ts';
import { ROOT_SHELL, wantsRootShell } from '#shared/domain/root-shell.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { CopyButton } from './copy-button.tsx';
import './fix-steps.css';

/** Steps for a person to do on the node, each command ready to copy. */
export function FixSteps({ steps }: { steps: readonly FixStep[] }) {
  return (
    <>
      {wantsRootShell(steps) ? <p className="fix-steps__note">{ROOT_SHELL}</p> : null}
      <ol className="fix-steps">
        {steps.map((step, index) => (
          // Steps are an order, and their place is their name.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className="fix-steps__step">
            <p>
              {visible(step.text)}
              {step.needsRoot ? <span className="fix-steps__root">as administrator</span> : null}
            </p>
            {step.command === null ? null : (
              <div className="fix-steps__command">
                <pre>{visibleLines(step.command)}</pre>
                <CopyButton text={step.command} label={`Copy the command of step ${index + 1}`} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
