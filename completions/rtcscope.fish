# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_rtcscope_global_optspecs
    string join \n format= report= o/output= color= fail-on= q/quiet v/verbose h/help V/version
end

function __fish_rtcscope_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_rtcscope_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_rtcscope_using_subcommand
    set -l cmd (__fish_rtcscope_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c rtcscope -n "__fish_rtcscope_needs_command" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s q -l quiet -d 'Show no progress'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s V -l version -d 'Print version'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "explain" -d 'Explain findings: what they mean, why they happen, what to change'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "man" -d 'Write the man pages into a directory'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s q -l quiet -d 'Show no progress'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s q -l quiet -d 'Show no progress'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s q -l quiet -d 'Show no progress'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
