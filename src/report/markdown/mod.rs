//! The Markdown that explanations are written in, as a document: headings, paragraphs, lists and fenced code.
//!
//! No more than that: it is for our own texts, and `tests/rules.rs` reads them all. What writes reports as Markdown is
//! `render`.

mod render;

use super::Block;
pub(super) use render::render;

/// The blocks of `markdown`.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some(heading) = line.strip_prefix("## ") {
            blocks.push(Block::Heading(heading.to_owned()));
        } else if line.trim().is_empty() {
            continue;
        } else {
            let mut text = String::from(line);
            while let Some(more) = lines.next_if(|line| continues(line)) {
                text.push(' ');
                text.push_str(more.trim());
            }
            push(&mut blocks, &text);
        }
    }
    blocks
}

fn continues(line: &str) -> bool {
    !(line.trim().is_empty() || item(line).is_some() || line.starts_with("```") || line.starts_with("## "))
}

/// Whether the line is an item of a numbered list, and what stands behind `- ` or `1. `.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((false, text));
    }
    let (number, text) = line.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some((true, text))
}

fn push(blocks: &mut Vec<Block>, text: &str) {
    let Some((is_numbered, text)) = item(text) else {
        return blocks.push(Block::Paragraph(text.into()));
    };
    match blocks.last_mut() {
        Some(Block::List { numbered, items }) if *numbered == is_numbered => items.push(text.into()),
        _ => blocks.push(Block::List { numbered: is_numbered, items: vec![text.into()] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_four_kinds_of_block() {
        let text =
            "## Why\nOne\ntwo.\n- first\n  goes on\n- second\n\n1. step\n2. step\n\n```\na\n\n- b\n```\nEnd";
        let expected = [
            Block::Heading("Why".into()),
            Block::Paragraph("One two.".into()),
            Block::List { numbered: false, items: ["first goes on", "second"].map(Into::into).to_vec() },
            Block::List { numbered: true, items: ["step", "step"].map(Into::into).to_vec() },
            Block::Code("a\n\n- b".into()),
            Block::Paragraph("End".into()),
        ];
        assert_eq!(blocks(text), expected);
    }

    #[test]
    fn an_open_code_block_ends_with_the_text() {
        assert_eq!(blocks("```\na"), [Block::Code("a".into())]);
        assert_eq!(blocks(""), []);
    }
}
