//! A walk over the opcodes of a pickle (protocols 0 to 5) that follows texts and references on a symbolic stack.
//!
//! Nothing is built and nothing is called. Memory is bounded: payloads are skipped, and what is of no interest is only
//! counted.

use std::collections::HashMap;
use std::io::{self, BufRead, ErrorKind};
use std::rc::Rc;

use super::Found;
use super::source::Source;

/// Most entries of the symbolic stack; runs of uninteresting values are one entry.
const MAX_STACK: usize = 1 << 21;
/// Most names that the memo keeps.
const MAX_MEMO: usize = 1 << 20;

/// Collects what the pickles in `reader` refer to. Behind the first pickle anything may follow.
pub(super) fn scan(reader: impl BufRead, found: &mut Found) -> Result<(), String> {
    let mut source = Source::new(reader);
    walk(&mut source, found)?;
    while let Ok(true) = source.begins_pickle() {
        if walk(&mut source, found).is_err() {
            break;
        }
    }
    Ok(())
}

fn walk(source: &mut Source<impl BufRead>, found: &mut Found) -> Result<(), String> {
    let mut machine = Machine { stack: Vec::new(), memo: HashMap::new(), memoized: 0, found };
    loop {
        let at = source.offset();
        match machine.step(source) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(Fault::Io(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(format!("not a pickle: it ends in the middle, after {} bytes", source.offset()));
            }
            Err(Fault::Io(error)) => return Err(error.to_string()),
            Err(Fault::Broken(reason)) => return Err(format!("not a pickle: {reason} at byte {at}")),
        }
    }
}

enum Fault {
    Io(io::Error),
    Broken(&'static str),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What stands on the stack.
#[derive(Clone)]
enum Item {
    /// A text that may be a name.
    Text(Rc<str>),
    /// A tuple of just that text.
    Alone(Rc<str>),
    /// Something that imports the module it is called with.
    Importer,
    /// The start of a collection.
    Mark,
    /// So many values of no interest.
    Others(u64),
}

struct Machine<'f> {
    stack: Vec<Item>,
    /// Entries that are of interest.
    memo: HashMap<u64, Item>,
    /// How many entries the memo has in all.
    memoized: u64,
    found: &'f mut Found,
}

impl Machine<'_> {
    /// Takes one opcode; `false` after the last.
    fn step(&mut self, source: &mut Source<impl BufRead>) -> Result<bool, Fault> {
        match source.byte()? {
            b'.' => return Ok(false),
            // Texts
            b'S' => {
                let line = source.line()?;
                let name = line.as_deref().map(|line| line.trim_matches(['\'', '"']));
                self.push_text(name.map(Rc::from))?;
            }
            b'V' => {
                let line = source.line()?;
                self.push_text(line)?;
            }
            b'U' | 0x8c => {
                let length = source.number::<1>()?;
                self.push_text_of(source, length)?;
            }
            b'T' | b'X' => {
                let length = source.number::<4>()?;
                self.push_text_of(source, length)?;
            }
            0x8d => {
                let length = source.number::<8>()?;
                self.push_text_of(source, length)?;
            }
            // Payloads
            b'C' | 0x8a => {
                let length = source.number::<1>()?;
                self.push_payload(source, length)?;
            }
            b'B' | 0x8b => {
                let length = source.number::<4>()?;
                self.push_payload(source, length)?;
            }
            0x8e | 0x96 => {
                let length = source.number::<8>()?;
                self.push_payload(source, length)?;
            }
            b'F' | b'I' | b'L' | b'P' => {
                source.line()?;
                self.push_other()?;
            }
            b'K' | 0x82 => self.push_payload(source, 1)?,
            b'M' | 0x83 => self.push_payload(source, 2)?,
            b'J' | 0x84 => self.push_payload(source, 4)?,
            b'G' => self.push_payload(source, 8)?,
            b'N' | b'}' | b']' | b')' | 0x88 | 0x89 | 0x8f | 0x97 => self.push_other()?,
            0x80 => source.skip(1)?,
            0x95 => source.skip(8)?,
            0x98 => {}
            // The stack
            b'(' => self.push(Item::Mark)?,
            b'0' => drop(self.pop()?),
            b'1' => self.pop_to_mark()?,
            b'2' => {
                let top = self.pop()?;
                self.push(top.clone())?;
                self.push(top)?;
            }
            // Collections
            b'd' | b'l' | b't' | 0x91 => {
                self.pop_to_mark()?;
                self.push_other()?;
            }
            b'e' | b'u' | 0x90 => self.pop_to_mark()?,
            b'a' | b'b' => drop(self.pop()?),
            b's' => self.drop_top(2)?,
            0x85 => match self.pop()? {
                Item::Text(text) => self.push(Item::Alone(text))?,
                _ => self.push_other()?,
            },
            0x86 => self.replace(2)?,
            0x87 | 0x92 => self.replace(3)?,
            b'Q' => self.replace(1)?,
            0x81 => self.replace(2)?,
            b'R' => self.call()?,
            // References
            b'c' => {
                let (module, name) = (source.line()?, source.line()?);
                let reference = self.refer(module, name);
                self.push(reference)?;
            }
            b'i' => {
                let (module, name) = (source.line()?, source.line()?);
                self.refer(module, name);
                self.pop_to_mark()?;
                self.push_other()?;
            }
            b'o' => {
                self.pop_to_mark()?;
                self.push_other()?;
            }
            0x93 => {
                let (name, module) = (self.pop()?.text(), self.pop()?.text());
                let reference = self.refer(module, name);
                self.push(reference)?;
            }
            // The memo
            b'p' => {
                let index = line_number(source)?;
                self.put(index)?;
            }
            b'q' => {
                let index = source.number::<1>()?;
                self.put(index)?;
            }
            b'r' => {
                let index = source.number::<4>()?;
                self.put(index)?;
            }
            0x94 => self.put(self.memoized)?,
            b'g' => {
                let index = line_number(source)?;
                self.get(index)?;
            }
            b'h' => {
                let index = source.number::<1>()?;
                self.get(index)?;
            }
            b'j' => {
                let index = source.number::<4>()?;
                self.get(index)?;
            }
            _ => return Err(Fault::Broken("unknown opcode")),
        }
        Ok(true)
    }

    fn push(&mut self, item: Item) -> Result<(), Fault> {
        if self.stack.len() >= MAX_STACK {
            return Err(Fault::Broken("too much on the stack"));
        }
        self.stack.push(item);
        Ok(())
    }

    fn push_other(&mut self) -> Result<(), Fault> {
        match self.stack.last_mut() {
            Some(Item::Others(count)) => {
                *count += 1;
                Ok(())
            }
            _ => self.push(Item::Others(1)),
        }
    }

    fn push_text(&mut self, text: Option<Rc<str>>) -> Result<(), Fault> {
        match text {
            Some(text) if may_be_name(&text) => self.push(Item::Text(text)),
            _ => self.push_other(),
        }
    }

    fn push_text_of(&mut self, source: &mut Source<impl BufRead>, length: u64) -> Result<(), Fault> {
        let text = source.text(length)?;
        self.push_text(text)
    }

    fn push_payload(&mut self, source: &mut Source<impl BufRead>, length: u64) -> Result<(), Fault> {
        source.skip(length)?;
        self.push_other()
    }

    fn pop(&mut self) -> Result<Item, Fault> {
        match self.stack.last_mut() {
            None => Err(Fault::Broken("the stack is empty")),
            Some(Item::Others(count)) if *count > 1 => {
                *count -= 1;
                Ok(Item::Others(1))
            }
            Some(_) => self.stack.pop().ok_or(Fault::Broken("the stack is empty")),
        }
    }

    fn drop_top(&mut self, count: usize) -> Result<(), Fault> {
        (0..count).try_for_each(|_| self.pop().map(drop))
    }

    fn replace(&mut self, count: usize) -> Result<(), Fault> {
        self.drop_top(count)?;
        self.push_other()
    }

    fn pop_to_mark(&mut self) -> Result<(), Fault> {
        while let Some(item) = self.stack.pop() {
            if matches!(item, Item::Mark) {
                return Ok(());
            }
        }
        Err(Fault::Broken("there is no mark on the stack"))
    }

    /// A callable and its arguments become the result.
    fn call(&mut self) -> Result<(), Fault> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        if let Item::Importer = callable {
            match arguments {
                Item::Alone(module) => self.found.module(&module),
                _ => self.found.complete = false,
            }
        }
        self.push_other()
    }

    fn refer(&mut self, module: Option<Rc<str>>, name: Option<Rc<str>>) -> Item {
        let (Some(module), Some(name)) = (module, name) else {
            self.found.complete = false;
            return Item::Others(1);
        };
        // Protocols 0 to 2 write the names that Python 2 had for these.
        let module = match &*module {
            "__builtin__" | "exceptions" => "builtins",
            "copy_reg" => "copyreg",
            "Queue" => "queue",
            "cPickle" => "pickle",
            other => other,
        };
        self.found.type_of(module, &name);
        match (module, &*name) {
            ("importlib", "import_module") | ("builtins", "__import__") => Item::Importer,
            (module, "subimport") if module.starts_with("cloudpickle") => Item::Importer,
            _ => Item::Others(1),
        }
    }

    fn put(&mut self, index: u64) -> Result<(), Fault> {
        self.memoized = self.memoized.saturating_add(1);
        match self.stack.last() {
            None => return Err(Fault::Broken("the stack is empty")),
            Some(Item::Mark) => return Err(Fault::Broken("a mark cannot be memoized")),
            Some(Item::Others(_)) => drop(self.memo.remove(&index)),
            Some(item) if self.memo.len() < MAX_MEMO => drop(self.memo.insert(index, item.clone())),
            Some(_) => {}
        }
        Ok(())
    }

    fn get(&mut self, index: u64) -> Result<(), Fault> {
        match self.memo.get(&index).cloned() {
            Some(item) => self.push(item),
            None => self.push_other(),
        }
    }
}

fn line_number(source: &mut Source<impl BufRead>) -> Result<u64, Fault> {
    let line = source.line()?;
    line.and_then(|line| line.trim().parse().ok()).ok_or(Fault::Broken("a memo index that is no number"))
}

impl Item {
    fn text(self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Whether a text may be the dotted name of a module, class or function (`f.<locals>.g` and `<lambda>` are names).
fn may_be_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::scan::Scan;
    use proptest::prelude::*;

    fn scan_bytes(bytes: &[u8]) -> Result<Scan, String> {
        let mut found = Found::default();
        scan(bytes, &mut found).map(|()| found.into_scan())
    }

    #[test]
    fn names_come_from_lines_stack_and_memo() {
        let scan = scan_bytes(b"cnumpy.core\narray\n(tRcnumpy\nndarray\n(tR.").expect("protocol 0");
        assert_eq!(
            (scan.modules, scan.types),
            (vec!["numpy".into()], vec!["numpy.core.array".into(), "numpy.ndarray".into()])
        );
        let scan = scan_bytes(b"\x80\x04\x8c\x05a.b.c\x94\x8c\x01D\x94\x93h\x00\x8c\x01E\x93.").expect("protocol 4");
        assert_eq!(scan.types, ["a.b.c.D", "a.b.c.E"]);
        assert!(scan.complete);
    }

    #[test]
    fn a_module_that_is_imported_by_name_is_found() {
        let scan = scan_bytes(b"\x80\x04ccloudpickle.cloudpickle\nsubimport\n\x8c\x05torch\x85R.").expect("a pickle");
        assert_eq!(scan.modules, ["cloudpickle", "torch"]);
        let scan = scan_bytes(b"\x80\x04cimportlib\nimport_module\nN\x85R.").expect("a pickle");
        assert!(!scan.complete);
    }

    #[test]
    fn a_computed_name_makes_the_scan_incomplete() {
        assert!(!scan_bytes(b"\x80\x04N\x8c\x01D\x93.").expect("a pickle").complete);
    }

    #[test]
    fn what_is_no_pickle_says_where() {
        assert_eq!(scan_bytes(b"\x80\x04\xff").expect_err("garbage"), "not a pickle: unknown opcode at byte 2");
        assert!(scan_bytes(b"\x80\x04N").expect_err("cut off").contains("ends in the middle"));
        assert!(scan_bytes(b"").is_err());
        assert!(scan_bytes(b"R.").expect_err("empty").contains("stack is empty"));
        assert!(scan_bytes(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff").is_err());
    }

    #[test]
    fn memory_does_not_grow_with_what_is_of_no_interest() {
        let mut bytes = b"(".to_vec();
        bytes.resize(50_000_000, b'N');
        bytes.extend(b"t.");
        assert!(scan_bytes(&bytes).expect("a pickle").types.is_empty());
        let error = scan_bytes(&vec![b'('; MAX_STACK + 1]).expect_err("too deep");
        assert!(error.contains("too much on the stack"), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = scan_bytes(&bytes);
        }

        #[test]
        fn no_sequence_of_opcodes_panics(
            opcodes in prop::collection::vec(prop::sample::select(b"(.012NRabc\nde}]stuoi)\x81\x85\x86\x87\x8c\x01A\x93\x94h\x00q\x00\x92\x90".to_vec()), 0..200)
        ) {
            let _ = scan_bytes(&opcodes);
        }
    }
}
