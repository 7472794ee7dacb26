import { useEffect, useRef } from 'react';
import { useToast } from '../components/toast.tsx';
import { useNotice } from '../transport/use-live.ts';

/** Says the console's own notices once, at the foot of the page. */
export function NoticeToast() {
  const notice = useNotice();
  const show = useToast();
  const said = useRef<string>(undefined);
  useEffect(() => {
    if (!notice || said.current === notice.at) return;
    said.current = notice.at;
    show({ text: notice.sentence });
  }, [notice, show]);
  return null;
}
