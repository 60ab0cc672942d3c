import { useState } from 'react';

/**
 * What a form was filled from, as it was when the form was opened. What the page reads meanwhile changes
 * neither that nor the version it is saved in: what others saved is not overwritten unseen.
 */
export function useOpened<T>(read: T): T {
  return useState(read)[0];
}
