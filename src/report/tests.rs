//! What a whole report looks like, at the widths people have.

use super::*;
use crate::finding::{Confidence, Excerpt, Finding, Location, Severity};
use crate::probe::codes;

fn check(blocks: Vec<Block>, exit: Exit, width: usize, colour: bool) -> String {
    let report = Rendered::of_document("test/1", Document { blocks }, exit);
    let mut out = Vec::new();
    Format::default().render(&report, Screen { width, colour }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(blocks: Vec<Block>, width: usize) -> String {
    let text = check(blocks, Exit::Failed, width, false);
    let long = text.lines().find(|line| wrap::width(line) > width);
    assert_eq!(long, None, "a line is wider than {width}");
    assert_eq!(text.lines().find(|line| line.ends_with(' ')), None, "a line ends in a space");
    text
}

fn verdict() -> Block {
    Block::Verdict(Cell::new(
        "turn.example.org relays over TCP and TLS, but UDP is blocked and the certificate has expired; \
         two of three endpoints work",
        Tone::Bad,
    ))
}

fn candidates() -> Vec<Block> {
    let columns = vec![
        ("time", Align::Right),
        ("type", Align::Left),
        ("foundation", Align::Right),
        ("protocol", Align::Left),
        ("address", Align::Left),
        ("port", Align::Right),
        ("priority", Align::Left),
        ("URL", Align::Left),
        ("relay protocol", Align::Left),
    ];
    let row = |cells: [&str; 9]| cells.map(Cell::from).to_vec();
    let rows = vec![
        row(["0.001", "host", "1", "udp", "198.51.100.10", "51234", "126|65535|255", "", ""]),
        row([
            "0.012",
            "srflx",
            "2",
            "udp",
            "203.0.113.7",
            "51234",
            "100|65535|255",
            "stun:turn.example.org",
            "",
        ]),
        row([
            "0.105",
            "relay",
            "3",
            "udp",
            "2001:db8::1234",
            "49160",
            "0|65535|255",
            "turns:turn.example.org:5349?transport=tcp",
            "tls",
        ]),
    ];
    vec![Block::Heading("Candidates".to_owned()), Block::Table(Table { columns, rows })]
}

fn notes() -> Vec<Block> {
    let columns = vec![("step", Align::Left), ("ms", Align::Right), ("what happened", Align::Left)];
    let long = "401 with realm example.org, then success: relayed address 198.51.100.1:49160, lifetime 600 s, \
                software Coturn-4.6.1 'Gorst'";
    let rows = vec![
        vec!["dns".into(), Cell::new("1.250", Tone::Good), "A 198.51.100.1, no AAAA".into()],
        vec!["allocate".into(), Cell::new("12.900", Tone::Warn), long.into()],
        vec!["refresh".into(), "".into(), Cell::new("not tried", Tone::Dim)],
    ];
    vec![Block::Heading("Steps".to_owned()), Block::Table(Table { columns, rows })]
}

fn findings() -> Vec<Block> {
    let at = |endpoint: &str, transport| Location::Endpoint { endpoint: endpoint.to_owned(), transport };
    let uri = "turn:turn.example.org";
    let wrong = |transport| -> Finding {
        codes::AUTH_WRONG
            .finding("allocate", uri)
            .at(at("198.51.100.1:3478", transport))
            .help("set the user in turnserver.conf:\nlt-cred-mech\nuser=alice:PASSWORD")
            .evidence("realm", "example.org")
            .evidence("error_codes", vec![401, 401])
    };
    let expired = codes::TLS_EXPIRED
        .finding("tls", "turns:turn.example.org")
        .at(at("[2001:db8::1]:5349", "tls"))
        .message("the certificate expired 3 days ago")
        .confidence(Confidence::Medium)
        .help("renew it, then restart coturn or send it SIGUSR2, so that it reads the file again and browsers can connect")
        .evidence("days_left", -3)
        .evidence("sans", Vec::<String>::new());
    let stale = codes::STALE_NONCE_OK.finding("refresh", uri);
    vec![
        Block::Heading("Findings".to_owned()),
        Block::Findings(vec![stale, wrong("udp"), wrong("tcp"), expired]),
    ]
}

#[test]
fn the_candidates_at_80_columns() {
    insta::assert_snapshot!(plain(candidates(), 80), @r"
    Candidates
     time  type   foundation  protocol  address          port  priority
    0.001  host            1  udp       198.51.100.10   51234  126|65535|255
    0.012  srflx           2  udp       203.0.113.7     51234  100|65535|255
        URL: stun:turn.example.org
    0.105  relay           3  udp       2001:db8::1234  49160  0|65535|255
        URL: turns:turn.example.org:5349?transport=tcp  relay protocol: tls
    ");
}

#[test]
fn the_candidates_at_160_columns() {
    insta::assert_snapshot!(plain(candidates(), 160), @r"
    Candidates
     time  type   foundation  protocol  address          port  priority       URL                                        relay protocol
    0.001  host            1  udp       198.51.100.10   51234  126|65535|255  -                                          -
    0.012  srflx           2  udp       203.0.113.7     51234  100|65535|255  stun:turn.example.org                      -
    0.105  relay           3  udp       2001:db8::1234  49160  0|65535|255    turns:turn.example.org:5349?transport=tcp  tls
    ");
}

#[test]
fn a_table_with_a_long_last_column_at_80_columns() {
    insta::assert_snapshot!(plain(notes(), 80), @r"
    Steps
    step          ms  what happened
    dns        1.250  A 198.51.100.1, no AAAA
    allocate  12.900  401 with realm example.org, then success: relayed address
                      198.51.100.1:49160, lifetime 600 s, software Coturn-4.6.1
                      'Gorst'
    refresh        -  not tried
    ");
}

#[test]
fn a_table_with_a_long_last_column_at_160_columns() {
    insta::assert_snapshot!(plain(notes(), 160), @r"
    Steps
    step          ms  what happened
    dns        1.250  A 198.51.100.1, no AAAA
    allocate  12.900  401 with realm example.org, then success: relayed address 198.51.100.1:49160, lifetime 600 s, software Coturn-4.6.1 'Gorst'
    refresh        -  not tried
    ");
}

#[test]
fn a_table_on_a_narrow_screen() {
    insta::assert_snapshot!(plain(notes(), 24), @r"
    Steps
    step          ms
    dns        1.250
        what happened: A
        198.51.100.1, no
        AAAA
    allocate  12.900
        what happened: 401
        with realm
        example.org, then
        success: relayed
        address
        198.51.100.1:49160,
        lifetime 600 s,
        software
        Coturn-4.6.1 'Gorst'
    refresh        -
        what happened: not
        tried
    ");
}

#[test]
fn findings_at_80_columns() {
    insta::assert_snapshot!(plain(findings(), 80), @r"
    Findings
    error AUTH_WRONG wrong-credentials
      the server refuses this username and password
      at: turn:turn.example.org (198.51.100.1:3478 over udp), allocate
      at: turn:turn.example.org (198.51.100.1:3478 over tcp), allocate
          realm: example.org
          error_codes: 401, 401
      help: set the user in turnserver.conf:
            lt-cred-mech
            user=alice:PASSWORD

    error TLS_EXPIRED expired-certificate
      the certificate expired 3 days ago (likely)
      at: turns:turn.example.org ([2001:db8::1]:5349 over tls), tls
          days_left: -3
          sans: none
      help: renew it, then restart coturn or send it SIGUSR2, so that it reads the
            file again and browsers can connect

    info STALE_NONCE_OK nonce-renewed
      the server asked once for a newer nonce, and accepted it
      at: turn:turn.example.org, refresh

    more: rtcscope explain AUTH_WRONG TLS_EXPIRED
    ");
}

#[test]
fn findings_at_160_columns() {
    insta::assert_snapshot!(plain(findings(), 160), @r"
    Findings
    error AUTH_WRONG wrong-credentials
      the server refuses this username and password
      at: turn:turn.example.org (198.51.100.1:3478 over udp), allocate
      at: turn:turn.example.org (198.51.100.1:3478 over tcp), allocate
          realm: example.org
          error_codes: 401, 401
      help: set the user in turnserver.conf:
            lt-cred-mech
            user=alice:PASSWORD

    error TLS_EXPIRED expired-certificate
      the certificate expired 3 days ago (likely)
      at: turns:turn.example.org ([2001:db8::1]:5349 over tls), tls
          days_left: -3
          sans: none
      help: renew it, then restart coturn or send it SIGUSR2, so that it reads the file again and
            browsers can connect

    info STALE_NONCE_OK nonce-renewed
      the server asked once for a newer nonce, and accepted it
      at: turn:turn.example.org, refresh

    more: rtcscope explain AUTH_WRONG TLS_EXPIRED
    ");
}

#[test]
fn prose_lists_and_code() {
    let blocks = vec![
        verdict(),
        Block::Heading("What to change".to_owned()),
        Block::Paragraph("Open UDP on the server, and in the security group of the cloud, for both the port and the range.".into()),
        Block::List {
            numbered: false,
            items: vec![
                "the listening port, 3478, which clients send their requests to".into(),
                "the relay range, 49152 to 65535, which the peers send their media to".into(),
            ],
        },
        Block::List { numbered: true, items: vec!["ask the owner".into(), "wait".into()] },
        Block::Code("iptables -I INPUT -p udp --dport 3478 -j ACCEPT\n\nufw allow 3478/udp".to_owned()),
        Block::Table(Table::default()),
        Block::Paragraph("Done.".into()),
    ];
    insta::assert_snapshot!(plain(blocks, 80), @r"
    FAIL  turn.example.org relays over TCP and TLS, but UDP is blocked and the
          certificate has expired; two of three endpoints work

    What to change
    Open UDP on the server, and in the security group of the cloud, for both the
    port and the range.

    - the listening port, 3478, which clients send their requests to
    - the relay range, 49152 to 65535, which the peers send their media to

    1. ask the owner
    2. wait

        iptables -I INPUT -p udp --dport 3478 -j ACCEPT

        ufw allow 3478/udp

    Done.
    ");
}

#[test]
fn colour_adds_escape_sequences_and_changes_nothing_else() {
    let blocks = || [vec![verdict()], candidates(), notes(), findings()].concat();
    let coloured = check(blocks(), Exit::Failed, 80, true);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain(blocks(), 80));
    let painted = coloured.lines().find(|line| line.contains("12.900")).unwrap();
    insta::assert_snapshot!(painted.escape_debug(), @r"allocate  \u{1b}[33m12.900\u{1b}[0m  401 with realm example.org, then success: relayed address");
    insta::assert_snapshot!(coloured.lines().next().unwrap().escape_debug(), @r"\u{1b}[1m\u{1b}[31mFAIL\u{1b}[0m  turn.example.org relays over TCP and TLS, but UDP is blocked and the");
}

#[test]
fn the_word_of_the_verdict_never_contradicts_the_exit_code() {
    let word = |tone, exit| {
        let text = check(vec![Block::Verdict(Cell::new("done", tone))], exit, 80, false);
        text.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(word(Tone::Good, Exit::Healthy), "PASS");
    assert_eq!(word(Tone::Warn, Exit::Healthy), "WARN");
    assert_eq!(word(Tone::Bad, Exit::Failed), "FAIL");
    assert_eq!(word(Tone::Bad, Exit::CouldNotTell), "UNKNOWN");
    assert_eq!(word(Tone::Good, Exit::Interrupted), "STOPPED");
}

#[test]
fn a_hostile_server_cannot_reach_the_terminal() {
    const BAD: &str = "\x1b]0;owned\x07\u{9b}2J\u{202e}x";
    let finding = codes::MALFORMED.finding("binding", BAD).message(BAD).help(BAD).evidence("software", BAD);
    let table = Table {
        columns: vec![("a", Align::Left), ("b", Align::Left)],
        rows: vec![vec![BAD.into(), BAD.into()]],
    };
    let blocks = vec![
        Block::Verdict(BAD.into()),
        Block::Code(BAD.into()),
        Block::Table(table),
        Block::Findings(vec![finding]),
    ];
    for width in [3, 20, 80] {
        let text = check(blocks.clone(), Exit::Failed, width, false);
        let odd = text.chars().find(|c| (c.is_control() && *c != '\n') || !c.is_ascii());
        assert_eq!(odd, None, "{text:?}");
    }
}

#[test]
fn no_width_is_too_small() {
    let blocks = || [vec![verdict()], candidates(), notes(), findings()].concat();
    for width in 0..40 {
        let text = check(blocks(), Exit::Failed, width, false);
        assert!(text.contains("12.900"), "{width}: a number was cut off or broken\n{text}");
    }
}

#[test]
fn a_row_of_the_wrong_length_is_no_panic() {
    let columns = vec![("a", Align::Left), ("b", Align::Right)];
    let rows = vec![vec![], vec!["1".into()], vec!["1".into(), "2".into(), "3".into()]];
    insta::assert_snapshot!(plain(vec![Block::Table(Table { columns, rows })], 80), @r"
    a  b
    -  -
    1  -
    1  2
    ");
}

proptest::proptest! {
    #[test]
    fn no_text_at_no_width_panics_or_reaches_the_terminal(
        cells in proptest::collection::vec(proptest::prelude::any::<String>(), 9),
        width in 0_usize..200,
    ) {
        let cells: Vec<Cell> = cells.iter().map(|text| Cell::from(text.as_str())).collect();
        let columns = vec![("a", Align::Left), ("b", Align::Right), ("c", Align::Left)];
        let rows = cells.chunks(3).map(<[Cell]>::to_vec).collect();
        let finding = codes::MALFORMED.finding("binding", &cells[0].text).message(&cells[1].text).help(&cells[2].text);
        let blocks = vec![
            Block::Verdict(cells[0].clone()),
            Block::Table(Table { columns, rows }),
            Block::Findings(vec![finding.evidence("text", cells[3].text.as_str())]),
        ];
        let text = check(blocks, Exit::Failed, width, false);
        let odd = text.chars().find(|c| (c.is_control() && *c != '\n') || printable::is_invisible(*c));
        assert_eq!(odd, None, "{text:?}");
    }
}

/// What a format makes of a finding in a text, one in a text within a log, and one of a server.
fn formatted(name: &str) -> String {
    let text =
        |line| Location::Text { line, column: 3, length: 4, m_line: None, excerpt: Excerpt::default() };
    let findings = vec![
        codes::REDIRECT
            .finding("syntax", "a, b/100%.sdp")
            .at(text(5))
            .message("one: <two>\x1b")
            .help("do\nthis"),
        codes::CLOCK_SKEW
            .finding("syntax", "call.log")
            .at(text(1))
            .message("in a log")
            .evidence("input_line", 70)
            .evidence("input_column", 12),
        codes::AUTH_WRONG
            .finding("allocate", "turn:turn.example.org")
            .at(Location::Endpoint { endpoint: "198.51.100.1:3478".to_owned(), transport: "udp" })
            .message("401 for `alice`"),
    ];
    let blocks = vec![verdict()];
    let report = Rendered {
        findings: Some(findings),
        subjects: vec!["call.log".to_owned(), "healthy.sdp".to_owned()],
        ..Rendered::of_document("test/1", Document { blocks }, Exit::Failed)
    };
    let format = FORMATS.iter().find(|format| format.name == name).unwrap();
    let mut out = Vec::new();
    format.render(&report, Screen::FILE, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn github_gets_one_line_a_finding() {
    insta::assert_snapshot!(formatted("github"), @r#"
    ::notice file=a%2C b/100%25.sdp,line=5,col=3,endLine=5,endColumn=6,title=REDIRECT redirect-to-alternate-server::one: <two>\u{1b}%0Ahelp: do%0Athis
    ::warning file=call.log,line=70,col=12,title=CLOCK_SKEW server-clock-off::in a log
    ::error title=AUTH_WRONG wrong-credentials::turn:turn.example.org: 401 for `alice`
    rtcscope: turn.example.org relays over TCP and TLS, but UDP is blocked and the certificate has expired; two of three endpoints work
    "#);
}

#[test]
fn junit_has_a_suite_for_each_thing_examined() {
    insta::assert_snapshot!(formatted("junit"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="rtcscope" tests="4" skipped="0" failures="1" errors="0">
        <testsuite name="call.log" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="CLOCK_SKEW server-clock-off at 70:12" classname="syntax">
                <system-out>in a log
    call.log:70:12</system-out>
            </testcase>
        </testsuite>
        <testsuite name="healthy.sdp" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found" classname="test/1"/>
        </testsuite>
        <testsuite name="a, b/100%.sdp" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="REDIRECT redirect-to-alternate-server at 5:3" classname="syntax">
                <system-out>one: &lt;two&gt;\u{1b}
    a, b/100%.sdp:5:3
    help: do
    this</system-out>
            </testcase>
        </testsuite>
        <testsuite name="turn:turn.example.org" tests="1" skipped="0" errors="0" failures="1">
            <testcase name="AUTH_WRONG wrong-credentials" classname="allocate">
                <failure message="401 for `alice`" type="AUTH_WRONG">401 for `alice`
    turn:turn.example.org: 198.51.100.1:3478 over udp</failure>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

#[test]
fn sarif_names_files_lines_and_rules() {
    let mut sarif: serde_json::Value = serde_json::from_str(&formatted("sarif")).unwrap();
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## What to change"));
        rule["help"] = "…".into();
    }
    sarif["runs"][0]["tool"]["driver"]["version"] = "…".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&sarif).unwrap(), @r#"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "rtcscope",
              "version": "…",
              "rules": [
                {
                  "id": "REDIRECT",
                  "name": "redirect-to-alternate-server",
                  "shortDescription": {
                    "text": "the server sends its clients to another server"
                  },
                  "help": "…",
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "properties": {
                    "refs": [
                      "RFC 8489 §10",
                      "RFC 8489 §14.15"
                    ]
                  }
                },
                {
                  "id": "CLOCK_SKEW",
                  "name": "server-clock-off",
                  "shortDescription": {
                    "text": "the clock of the server differs from this machine's by more than a minute"
                  },
                  "help": "…",
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "properties": {
                    "refs": [
                      "draft-uberti-behave-turn-rest-00"
                    ]
                  }
                },
                {
                  "id": "AUTH_WRONG",
                  "name": "wrong-credentials",
                  "shortDescription": {
                    "text": "the server refuses this username and password"
                  },
                  "help": "…",
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "properties": {
                    "refs": [
                      "RFC 8489 §9.2.5",
                      "RFC 8656 §7.4"
                    ]
                  }
                }
              ]
            }
          },
          "columnKind": "unicodeCodePoints",
          "invocations": [
            {
              "executionSuccessful": true,
              "exitCode": 1
            }
          ],
          "results": [
            {
              "ruleId": "REDIRECT",
              "ruleIndex": 0,
              "level": "note",
              "message": {
                "text": "one: <two>\u001b. To mend it: do\nthis"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "a%2C%20b/100%25.sdp"
                    },
                    "region": {
                      "startLine": 5,
                      "startColumn": 3,
                      "endColumn": 7
                    }
                  }
                }
              ],
              "properties": {
                "confidence": "high",
                "stage": "syntax",
                "evidence": {}
              }
            },
            {
              "ruleId": "CLOCK_SKEW",
              "ruleIndex": 1,
              "level": "warning",
              "message": {
                "text": "in a log"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "call.log"
                    },
                    "region": {
                      "startLine": 70,
                      "startColumn": 12
                    }
                  }
                }
              ],
              "properties": {
                "confidence": "high",
                "stage": "syntax",
                "evidence": {
                  "input_line": 70,
                  "input_column": 12
                }
              }
            },
            {
              "ruleId": "AUTH_WRONG",
              "ruleIndex": 2,
              "level": "error",
              "message": {
                "text": "401 for `alice`"
              },
              "locations": [
                {
                  "logicalLocations": [
                    {
                      "fullyQualifiedName": "turn:turn.example.org",
                      "kind": "resource",
                      "name": "198.51.100.1:3478 over udp"
                    }
                  ]
                }
              ],
              "properties": {
                "confidence": "high",
                "stage": "allocate",
                "evidence": {}
              }
            }
          ]
        }
      ]
    }
    "#);
}

fn snippet(marked: &str, lines: Vec<SnippetLine>) -> Block {
    let excerpt = Excerpt {
        before: "a=fmtp:111 ".to_owned(),
        marked: marked.to_owned(),
        after: ";minptime=10 and so on, to the end of a line that is longer than a screen is wide".to_owned(),
    };
    let first = SnippetLine { text: String::new(), line: 104, excerpt, label: String::new() };
    Block::Snippet(Snippet {
        severity: Severity::Error,
        confidence: Confidence::High,
        code: "SDP999",
        name: "made-up-fault",
        message: "the answer does not fit the offer".to_owned(),
        place: "answer.sdp:104:12".to_owned(),
        lines: std::iter::once(first).chain(lines).collect(),
        help: "change it".to_owned(),
        also: Vec::new(),
    })
}

fn second(text: &str, line: usize, label: &str) -> SnippetLine {
    let excerpt = Excerpt { before: "a=".into(), marked: "mid:测试".into(), after: " x".into() };
    SnippetLine { text: text.to_owned(), line, excerpt, label: label.to_owned() }
}

#[test]
fn a_snippet_has_its_marks_below_what_they_mean() {
    let lines = vec![second("", 9, "first defined here"), second("offer.sdp", 9, "what was offered")];
    insta::assert_snapshot!(plain(vec![snippet("useinbandfec=1", lines)], 80), @r#"
    error SDP999 made-up-fault
      the answer does not fit the offer
        --> answer.sdp:104:12
          |
        9 | a=mid:测试 x
          |   -------- first defined here
        ...
      104 | a=fmtp:111 useinbandfec=1;minptime=10 and so on, to the end of a line t…
          |            ^^^^^^^^^^^^^^
        ::: offer.sdp:9
        9 | a=mid:测试 x
          |   -------- what was offered
      help: change it
    "#);
}

#[test]
fn what_is_marked_is_seen_at_any_width() {
    for width in [20, 33, 40, 60, 80, 120, 200] {
        let long = "x".repeat(300);
        for marked in ["", " ", "useinbandfec=1", "\u{1b}[2J", "测试", long.as_str()] {
            let text = check(vec![snippet(marked, vec![second("", 9, "here")])], Exit::Failed, width, false);
            let mut lines = text.lines().skip_while(|line| !line.starts_with("  104 |"));
            let (line, marks) = (lines.next().unwrap(), lines.next().unwrap());
            let start = marks.find('^').unwrap();
            assert_eq!(marks.trim_start_matches([' ', '|']).trim_end_matches('^'), "", "{text}");
            let room = width.max(28);
            assert!(wrap::width(line) <= room && wrap::width(marks) <= room, "{width}: {text}");
            if marked.starts_with("use") && width >= 40 {
                let seen: String = line.chars().skip(start).take(14).collect();
                assert_eq!(seen, marked, "{text}");
            }
        }
    }
}
