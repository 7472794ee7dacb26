import './houses.css';

/** Five houses in a row, one window lit: decoration of the first start. */
export function Houses() {
  return (
    <svg className="houses" viewBox="0 0 220 64" width="220" height="64" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.25" strokeLinejoin="round">
        <path d="M0 61.5h220" />
        <path d="M5 61.5V29L22.5 17.5 40 29v32.5" />
        <path d="M47.5 61.5V18.5L67 7l19.5 11.5v43" />
        <path d="M93.5 61.5V26L111 14.5 128.5 26v35.5" />
        <path d="M136 61.5V15.5L155 3.5l19.5 12v46" />
        <path d="M182 61.5V31.5L199 21l16.5 10.5v30" />
        <rect x="18" y="37" width="9" height="9.5" rx="1" />
        <rect x="62.5" y="27" width="9" height="9.5" rx="1" />
        <rect x="150.5" y="23" width="9" height="9.5" rx="1" />
        <rect x="194" y="41" width="9" height="9.5" rx="1" />
      </g>
      <rect className="houses__lit" x="106.5" y="33.5" width="9.5" height="10.5" rx="1" />
    </svg>
  );
}
