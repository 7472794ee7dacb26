import { useQuery } from '@tanstack/react-query';
import type { DependencyWays, WayPackage } from '#shared/domain/dependencies/ways.ts';
import { visible } from '#shared/domain/text.ts';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { count } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { linesBetween } from './ways-lines.ts';
import './ways-graph.css';

export interface WaysGraphProps {
  node: string;
  environment: string;
  name: string;
}

/** Who pulls a package in: from what somebody asked for at the top down to the package, on the shortest ways. */
export function WaysGraph({ node, environment, name }: WaysGraphProps) {
  const input = { node, environment, package: name };
  const { data: ways, error } = useQuery(orpc.dependencies.ways.queryOptions({ input }));
  if (error) return <ErrorState inline {...errorWords(error, 'Who asks for it could not be read.')} />;
  if (!ways || ways.levels.length < 2) return null;
  return (
    <figure className="ways">
      <figcaption>How it comes there</figcaption>
      <ol className="ways__levels">
        {ways.levels.map((level, index) => (
          <Level key={level.map((entry) => entry.name).join()} ways={ways} index={index} />
        ))}
      </ol>
      {ways.omitted > 0 ? (
        <p className="quiet">{count(ways.omitted, 'more package')} beside these ask for it too.</p>
      ) : null}
    </figure>
  );
}

function Level({ ways, index }: { ways: DependencyWays; index: number }) {
  const level = ways.levels[index] ?? [];
  const below = ways.levels[index + 1];
  return (
    <li>
      <ul className="ways__level">
        {level.map((entry) => (
          <li
            key={entry.name}
            className={entry.direct ? 'ways__package ways__package--direct' : 'ways__package'}
          >
            <span className="ways__name">{visible(entry.name)}</span>
            {entry.version ? <code>{visible(entry.version)}</code> : null}
            <span className={entry.direct ? 'ways__asked' : 'visually-hidden'}>{wordsOf(entry, !below)}</span>
          </li>
        ))}
      </ul>
      {below ? (
        <svg className="ways__lines" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
          {linesBetween(level, below).map(([from, to]) => (
            <path
              key={`${from} ${to}`}
              d={`M ${from} 0 C ${from} 12, ${to} 8, ${to} 20`}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
      ) : null}
    </li>
  );
}

/** What the drawing shows, in words. */
function wordsOf({ direct, asks }: WayPackage, isLast: boolean): string {
  if (direct) return 'you asked for it';
  return isLast ? 'this package' : `asks for ${asks.map(visible).join(', ')}`;
}
