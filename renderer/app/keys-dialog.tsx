import { Dialog } from '../components/dialog.tsx';
import { NAV_ITEMS } from './nav-items.ts';
import './keys-dialog.css';

const MODIFIER = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';

const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [[MODIFIER, 'K'], 'Find a page, a node, a check or something to do'],
  [['Shift', 'P'], 'Pause all agents of all nodes, at once'],
  [['?'], 'This list'],
  [['Tab'], 'Next thing that can be pressed'],
  [['↑', '↓'], 'Next row of a list'],
  [['Home', 'End'], 'First and last row of a list'],
  [['Enter'], 'Unfold, press'],
  [['Esc'], 'Fold, close'],
  [['/'], 'Search, in Audit and Activity'],
  [['g', 'k'], 'To the change that waits to be kept or reverted'],
];

const AUDIT: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['j', 'k'], 'Next and previous line of Audit'],
  [['n', 'N'], 'Next and previous error, in Audit'],
  [['.'], 'Follow what comes, in Audit'],
];

/** The list of keys. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Keys" wide>
      <div className="keys">
        <dl>
          {EVERYWHERE.map(([keys, does]) => (
            <div key={does} className="keys__row">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
          {AUDIT.map(([keys, does]) => (
            <div key={does} className="keys__row">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <dl>
          {NAV_ITEMS.map((item) => (
            <div key={item.to} className="keys__row">
              <dt>
                <kbd>g</kbd> <span className="quiet">then</span> <kbd>{item.key}</kbd>
              </dt>
              <dd>{item.label}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
