
use builtin;
use str;

set edit:completion:arg-completer[rtcscope] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'rtcscope'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'rtcscope'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand explain 'Explain findings: what they mean, why they happen, what to change'
            cand completions 'Print the completion script for a shell'
            cand man 'Write the man pages into a directory'
        }
        &'rtcscope;explain'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rtcscope;completions'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'rtcscope;man'= {
            cand --format 'Format of the result on standard output'
            cand --report 'Write the result to a file as well, in this format; may be repeated'
            cand -o 'Write the result to this file instead of standard output'
            cand --output 'Write the result to this file instead of standard output'
            cand --color 'When to use colours'
            cand --fail-on 'The least severity of a finding that makes the exit code 1'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Tell more; may be repeated'
            cand --verbose 'Tell more; may be repeated'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
