import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useToast } from '../components/toast.tsx';
import { leftOut } from './search.ts';

/**
 * Says once what of an address could not be read and was left out, for whoever typed it or was sent it.
 * @param read the reader of the page's search part
 */
export function useLeftOut(read: (search: Record<string, unknown>) => object): void {
  const toast = useToast();
  const { search } = useLocation();
  const names = leftOut(search as Record<string, unknown>, read).join(', ');
  useEffect(() => {
    if (names === '') return;
    toast({ text: `A part of this address could not be read and is left out: ${names}.`, problem: true });
  }, [names, toast]);
}
