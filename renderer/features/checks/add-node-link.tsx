import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../components/button.tsx';

/** The one thing to do when there is nothing to show: add a node, or look at those that are there. */
export function AddNodeLink({ nodes }: { nodes: number }) {
  if (nodes > 0) {
    return (
      <Link to="/nodes" className={buttonClass('filled')}>
        Look at your nodes
      </Link>
    );
  }
  return (
    <Link to="/setup/{-$node}" params={{ node: undefined }} className={buttonClass('filled')}>
      Add a node
    </Link>
  );
}
