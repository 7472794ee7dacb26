import { Waiting } from '../components/waiting.tsx';

/** While the code of a page is on its way: never an empty window. */
export function OpeningPage() {
  return <Waiting words="Opening the page…" />;
}
