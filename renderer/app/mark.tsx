import './mark.css';

/** The house with one lit window. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 28 28" width="28" height="28" aria-hidden="true">
      <path
        d="M4 12.2 14 4l10 8.2V22a2.2 2.2 0 0 1-2.2 2.2H6.200A2.2 2.2 0 0 1 4 22z"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <rect className="mark__window" x="11.4" y="13.6" width="5.2" height="5.2" rx="1.2" />
    </svg>
  );
}
