/** Beside the text: line numbers, initials of those who are there; in it: their carets and the authors. */
import {
  type EditorState,
  type Extension,
  type Range,
  RangeSetBuilder,
  StateEffect,
  StateField,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutter,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { isNumbered, lineNumbers } from "./numbering";
import type { Run } from "./people";

/** A neighbour's caret, as drawn. */
export interface Caret {
  readonly initials: string;
  readonly style: number;
  readonly at: number;
}

export const setCarets = StateEffect.define<readonly Caret[]>();
export const setAuthors = StateEffect.define<Authorship | null>();

/** What is needed to draw the authors: the runs, and how each author is drawn. */
export interface Authorship {
  readonly runs: () => readonly Run[];
  readonly look: (official: string) => { readonly style: number; readonly initials: string };
}

const carets = StateField.define<readonly Caret[]>({
  create: () => [],
  update: (value, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setCarets)) return effect.value;
    if (!transaction.docChanged || value.length === 0) return value;
    return value.map((caret) => ({ ...caret, at: transaction.changes.mapPos(caret.at, 1) }));
  },
  provide: (field) =>
    EditorView.decorations.from(field, (value) => {
      const drawn = value.map((caret) =>
        Decoration.widget({ widget: new CaretMark(caret.style), side: 1 }).range(caret.at),
      );
      return Decoration.set(drawn, true);
    }),
});

/** Drawn by style alone: nothing is added to the text that a screen reader meets, and no word is covered. */
class CaretMark extends WidgetType {
  constructor(private readonly style: number) {
    super();
  }
  override eq(other: CaretMark): boolean {
    return other.style === this.style;
  }
  toDOM(): HTMLElement {
    const mark = document.createElement("span");
    mark.className = `ca c${this.style}`;
    mark.setAttribute("aria-hidden", "true");
    return mark;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

/** The numbers of all lines; kept between edits because each depends on all lines above. */
const numbers = StateField.define<readonly (number | null)[]>({
  create: (state) => lineNumbers(state.doc.iterLines()),
  update: (value, transaction) =>
    transaction.docChanged ? lineNumbers(transaction.state.doc.iterLines()) : value,
});

/** The number of the line at a place, or of the nearest numbered line above. */
export function numberAt(state: EditorState, at: number): number | null {
  const all = state.field(numbers);
  for (let n = state.doc.lineAt(at).number - 1; n >= 0; n--) if (all[n]) return all[n] as number;
  return null;
}

class LineMark extends GutterMarker {
  constructor(
    private readonly number: number | null,
    private readonly here: readonly Caret[],
    private readonly authors: readonly { readonly style: number; readonly initials: string }[],
    private readonly low: boolean,
  ) {
    super();
  }
  private get key(): string {
    const here = this.here.map((caret) => caret.initials + caret.style);
    const authors = this.authors.map((author) => author.initials + author.style);
    return [this.number, this.low, ...here, "/", ...authors].join(" ");
  }
  override eq(other: LineMark): boolean {
    return other.key === this.key;
  }
  override toDOM(): HTMLElement {
    const mark = document.createElement("div");
    mark.className = this.low ? "marge basse" : "marge";
    const add = (className: string, text: string) => {
      const part = document.createElement("span");
      part.className = className;
      part.textContent = text;
      mark.append(part);
    };
    if (this.number !== null) add("n", String(this.number));
    const first = this.here[0];
    if (first)
      add(`sceau elu c${first.style}`, this.here.length > 1 ? `+${this.here.length}` : first.initials);
    else {
      for (const author of this.authors.slice(0, this.low ? 1 : 2))
        add(`auteur a a${author.style}`, author.initials);
    }
    return mark;
  }
}

const authorship = StateField.define<Authorship | null>({
  create: () => null,
  update: (value, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setAuthors)) return effect.value;
    return value;
  },
});

const authorMarks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet = Decoration.none;
    runs: readonly Run[] = [];
    constructor(view: EditorView) {
      this.draw(view);
    }
    update(update: ViewUpdate): void {
      const toggled = update.startState.field(authorship) !== update.state.field(authorship);
      if (toggled || ((update.docChanged || update.viewportChanged) && update.state.field(authorship))) {
        this.draw(update.view);
      }
    }
    draw(view: EditorView): void {
      const shown = view.state.field(authorship);
      const builder = new RangeSetBuilder<Decoration>();
      this.runs = shown ? shown.runs() : [];
      const { from, to } = view.viewport;
      for (const run of this.runs) {
        if (run.to <= from || run.from >= to || run.official === "" || run.to > view.state.doc.length)
          continue;
        const { style } = (shown as Authorship).look(run.official);
        builder.add(run.from, run.to, Decoration.mark({ class: `a a${style}` }));
      }
      this.decorations = builder.finish();
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const margin = gutter({
  class: "cm-marge",
  lineMarker: (view, block) => {
    const { state } = view;
    const line = state.doc.lineAt(block.from);
    const number = state.field(numbers)[line.number - 1] ?? null;
    const here = state.field(carets).filter((caret) => caret.at >= line.from && caret.at <= line.to);
    const shown = state.field(authorship);
    const authors: { style: number; initials: string }[] = [];
    if (shown) {
      const seen = new Set<string>();
      for (const run of view.plugin(authorMarks)?.runs ?? []) {
        if (run.to <= line.from || run.from >= line.to || run.official === "" || seen.has(run.official))
          continue;
        seen.add(run.official);
        authors.push(shown.look(run.official));
      }
    }
    if (number === null && here.length === 0) return null;
    return new LineMark(number, here, authors, block.height < view.defaultLineHeight * 1.8);
  },
  lineMarkerChange: (update) =>
    update.docChanged ||
    update.geometryChanged ||
    update.startState.field(carets) !== update.state.field(carets) ||
    update.startState.field(authorship) !== update.state.field(authorship),
});

const activeLine = Decoration.line({ class: "actif" });

/** A bar beside the paragraph one is in, as long as one may write. */
const active = EditorView.decorations.compute(["selection", "doc"], (state) => {
  const marks: Range<Decoration>[] = [];
  const line = state.doc.lineAt(state.selection.main.head);
  if (!state.readOnly && isNumbered(line.text)) marks.push(activeLine.range(line.from));
  return Decoration.set(marks);
});

export const beside: Extension = [numbers, carets, authorship, authorMarks, margin, active];
