/** A task's name: what its siblings' names have too is dim and gives way first, what is its own is always readable. */

import { named, visible } from '../../base/visible';
import type { Piece } from '../../model/list/name_pieces';

interface TaskNameProps {
  readonly id: string;
  readonly pieces: readonly Piece[];
}

export function TaskName({ id, pieces }: TaskNameProps) {
  return (
    <bdi class="row-title" title={visible(id)}>
      {pieces.map(({ text, isShared }, at) => (
        <span key={at} class={isShared ? 'name-shared' : 'name-own'}>
          {isShared ? visible(text) : named(text)}
        </span>
      ))}
    </bdi>
  );
}
