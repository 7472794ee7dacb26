const BEGIN = '-----BEGIN ';
const END = '-----END ';
/** What follows `-----BEGIN ` and `-----END ` around a private key: PKCS #8, PKCS #1, SEC 1, OpenSSH (RFC 7468, section 10). */
const LABEL = /[A-Z0-9 ]{0,40}PRIVATE KEY-----/y;
/** Characters between the two lines at most. */
const LONGEST = 16_384;

/**
 * Finds private keys between their two lines, in one pass: each line is looked at once, however many have no partner.
 * @param text one character a byte, hostile
 * @returns first character and the one behind the last, in order and without overlap
 */
export function privateKeyBlocks(text: string): [start: number, end: number][] {
  const blocks: [number, number][] = [];
  let end: Line | null = nextLine(text, END, 0);
  let begin = nextLine(text, BEGIN, 0);
  while (begin !== null && end !== null) {
    if (end.from <= begin.behind) end = nextLine(text, END, end.behind);
    else if (end.from - begin.behind > LONGEST) begin = nextLine(text, BEGIN, begin.behind);
    else {
      blocks.push([begin.from, end.behind]);
      begin = nextLine(text, BEGIN, end.behind);
    }
  }
  return blocks;
}

interface Line {
  from: number;
  behind: number;
}

function nextLine(text: string, head: string, after: number): Line | null {
  for (let from = text.indexOf(head, after); from >= 0; from = text.indexOf(head, from + head.length)) {
    LABEL.lastIndex = from + head.length;
    if (LABEL.test(text)) return { from, behind: LABEL.lastIndex };
  }
  return null;
}
