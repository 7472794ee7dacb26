import './skip-link.css';

/** First stop of the Tab key: past the rail, to the page. The page's `main` carries the id `page`. */
export function SkipLink() {
  return (
    <button
      type="button"
      className="skip-link"
      onClick={() => document.getElementById('page')?.focus({ preventScroll: false })}
    >
      Skip to the page
    </button>
  );
}
