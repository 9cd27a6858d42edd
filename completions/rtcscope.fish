# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_rtcscope_global_optspecs
    string join \n format= report= o/output= color= fail-on= redact q/quiet v/verbose defaults= no-defaults h/help V/version
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
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -s V -l version -d 'Print version'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "probe" -d 'Probe STUN and TURN servers: reachability, credentials, certificate, relay data path'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "turn-probe" -d 'Probe STUN and TURN servers: reachability, credentials, certificate, relay data path'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "stun" -d 'Take STUN and TURN messages apart'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "sdp" -d 'Explain, check and rewrite session descriptions (SDP), whole or broken'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "sdp-explain" -d 'Short for `sdp explain`'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "analyze" -d 'Say what a capture shows of a call: its RTP streams, and what went wrong in it'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "pcap" -d 'Say what a capture shows of a call: its RTP streams, and what went wrong in it'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "call" -d 'Make a real WebRTC call without a browser, and measure it phase by phase'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "check" -d 'Run a plan of checks; without one, check this machine and the tool itself'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "config" -d 'Show which defaults count, and which file each comes from'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "explain" -d 'Explain findings: what they mean, why they happen, what to change'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "schema" -d 'Print the JSON Schema of a result, by the name in its `schema`'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "completions" -d 'Print the completion script for a shell'
complete -c rtcscope -n "__fish_rtcscope_needs_command" -f -a "man" -d 'Write the man pages into a directory'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l ice-servers -d 'Read an iceServers array, an RTCConfiguration or a provider\'s reply from a file, or - for standard input' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l turnserver-conf -d 'Read a coturn configuration from a file, or - for standard input: say what is wrong with it (not with --watch), and take the credentials from it, and the targets if none are named' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s u -l username -d 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s w -l password -d 'Password [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l password-file -d 'Read the password from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l secret -d 'Shared secret of a TURN REST server (coturn\'s static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l ttl -d 'Lifetime of minted credentials' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l separator -d 'What stands between time and user in a TURN REST user name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l key -d 'HA1 key in hex, as `turnadmin -k` prints it, instead of a password' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l access-token -d 'Access token of third-party authorization (RFC 7635) in base64; the user name is its key id [env: RTCSCOPE_ACCESS_TOKEN]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l access-token-file -d 'Read the access token from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l mac-key -d 'MAC key that came with the access token, in base64 [env: RTCSCOPE_MAC_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l mac-key-file -d 'Read the MAC key from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l transport -d 'Probe over these instead of what the URIs ask for, at a URI\'s port if it names one' -r -f -a "udp\t'Plain UDP'
tcp\t'Plain TCP'
tls\t'TLS over TCP'
dtls\t'DTLS over UDP'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l interface -d 'Send through this interface alone; DNS is left as it is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l local-addr -d 'Send from this address of this machine alone; DNS is left as it is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l cafile -d 'Trust the certificates of this PEM file instead of the system\'s' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l servername -d 'Hold certificates against this name instead of the target\'s host' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l min-days -d 'Warn of a certificate that ends within so many days' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l count -d 'Packets sent over each relay path, 1 to 1000000 [default: 20; in each round of --watch 5]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l rate -d 'Packets a second on each relay path, 1 to 10000' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l size -d 'Bytes of each packet, 14 to 1400' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l preset -d 'Send what such a call sends, and fail on what spoils it (--max overrides the limits)' -r -f -a "audio\t'50 packets a second of 160 bytes, 64 kbit/s each way'
video\t'260 packets a second of 1200 bytes, 2.5 Mbit/s each way'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l duration -d 'Send for so long instead of a number of packets' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l relay-family -d 'Ask for a relay of this address family; browsers name none, which means IPv4' -r -f -a "ipv4\t'An IPv4 relay'
ipv6\t'An IPv6 relay'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l nat-lifetime -d 'Find out, too, after how much idle time they forget a socket; takes as long as the longest time tried [default: 5m]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l ssrf-deliver -d 'Send three datagrams through the relay to this peer, and say what comes back; may be repeated, up to eight times. Name only hosts that are yours' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l throughput -d 'Send for so long each way through the relay, faster and faster, to see how much it carries (4s to 60s)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l throughput-max -d 'Never send faster than this with --throughput, in payload bits a second' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l lifetimes -d 'See how long a permission, a channel and an allocation really last, which takes up to 11 minutes; or a list of those wanted' -r -f -a "permission\t'Five minutes (RFC 8656 §9)'
channel\t'Ten minutes (RFC 8656 §12)'
allocation\t'As granted; ten minutes are asked for'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l watch -d 'Go on after the probe, over one allocation that is kept: a round every INTERVAL (1ms to a day), a line each' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l rounds -d 'End the watch after so many rounds' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l timeout -d 'How long each step may take' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l deadline -d 'How long the run may take [default: 30s beyond the time that sending and --nat-lifetime take; with --watch no end]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l max -d 'Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l min -d 'Fail if a metric is below a limit, as in throughput.outbound=2M; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l require -d 'Fail unless these transports work' -r -f -a "udp\t'Plain UDP'
tcp\t'Plain TCP'
tls\t'TLS over TCP'
dtls\t'DTLS over UDP'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l trace -d 'Write each message sent and received as a line, secrets left out: to standard error, or to a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l pcap -d 'Write everything sent and received to a file for Wireshark (pcapng), TLS in clear' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l embedded -d 'Start a server inside this process and probe that'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l lint-only -d 'Say what is wrong with the configuration, and send nothing'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l clock -d 'Find the server\'s clock, with --secret: up to 18 more allocations a host, each released at once'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s 4 -l ipv4 -d 'Probe IPv4 addresses alone; with -6, both'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s 6 -l ipv6 -d 'Probe IPv6 addresses alone; with -4, both'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l srv -d 'Ask DNS for NAPTR and SRV records first, and probe all that they name (RFC 5928)'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l insecure -d 'Report a bad certificate without failing for it'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l relay-only -d 'Show relay candidates alone (iceTransportPolicy "relay")'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l no-capabilities -d 'Do not ask what the server can do beyond the necessary, which takes up to eight short allocations'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l nat -d 'Find out what the NATs and firewalls before this machine do to UDP (RFC 5780)'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l security -d 'Ask what the server lets strangers do: relays without a login, peers in private networks, what else they get. At most fifty requests a server, and nothing is sent to any peer'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l mtu -d 'Find the largest packet that passes the relay in one piece, each way'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and not __fish_seen_subcommand_from cred" -a "cred" -d 'Mint TURN credentials, or say what a pair looks like, without any network'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s u -l username -d 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s w -l password -d 'Password to inspect [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l password-file -d 'Read the password from a file, as it is: its last line end is part of it here' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l secret -d 'Shared secret of a TURN REST server (coturn\'s static-auth-secret) [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l secret-file -d 'Read the secret from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l secret-user -d 'The user part of a minted name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l ttl -d 'Lifetime of a minted credential' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l separator -d 'What stands between time and user in a TURN REST user name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l realm -d 'Print the HA1 keys of the pair in this realm' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l oauth-key -d 'Key that authorization server and TURN server share (ikm_key in coturn\'s oauth_key), in base64: mint a token, whose key id is --username [env: RTCSCOPE_OAUTH_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l oauth-key-file -d 'Read the key for tokens from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l oauth-server-name -d 'Server name that a token is for: what the TURN server calls itself (coturn\'s server-name, else its realm)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand probe; and __fish_seen_subcommand_from cred" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l ice-servers -d 'Read an iceServers array, an RTCConfiguration or a provider\'s reply from a file, or - for standard input' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l turnserver-conf -d 'Read a coturn configuration from a file, or - for standard input: say what is wrong with it (not with --watch), and take the credentials from it, and the targets if none are named' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s u -l username -d 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s w -l password -d 'Password [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l password-file -d 'Read the password from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l secret -d 'Shared secret of a TURN REST server (coturn\'s static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l ttl -d 'Lifetime of minted credentials' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l separator -d 'What stands between time and user in a TURN REST user name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l key -d 'HA1 key in hex, as `turnadmin -k` prints it, instead of a password' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l access-token -d 'Access token of third-party authorization (RFC 7635) in base64; the user name is its key id [env: RTCSCOPE_ACCESS_TOKEN]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l access-token-file -d 'Read the access token from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l mac-key -d 'MAC key that came with the access token, in base64 [env: RTCSCOPE_MAC_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l mac-key-file -d 'Read the MAC key from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l transport -d 'Probe over these instead of what the URIs ask for, at a URI\'s port if it names one' -r -f -a "udp\t'Plain UDP'
tcp\t'Plain TCP'
tls\t'TLS over TCP'
dtls\t'DTLS over UDP'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l interface -d 'Send through this interface alone; DNS is left as it is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l local-addr -d 'Send from this address of this machine alone; DNS is left as it is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l cafile -d 'Trust the certificates of this PEM file instead of the system\'s' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l servername -d 'Hold certificates against this name instead of the target\'s host' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l min-days -d 'Warn of a certificate that ends within so many days' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l count -d 'Packets sent over each relay path, 1 to 1000000 [default: 20; in each round of --watch 5]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l rate -d 'Packets a second on each relay path, 1 to 10000' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l size -d 'Bytes of each packet, 14 to 1400' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l preset -d 'Send what such a call sends, and fail on what spoils it (--max overrides the limits)' -r -f -a "audio\t'50 packets a second of 160 bytes, 64 kbit/s each way'
video\t'260 packets a second of 1200 bytes, 2.5 Mbit/s each way'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l duration -d 'Send for so long instead of a number of packets' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l relay-family -d 'Ask for a relay of this address family; browsers name none, which means IPv4' -r -f -a "ipv4\t'An IPv4 relay'
ipv6\t'An IPv6 relay'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l nat-lifetime -d 'Find out, too, after how much idle time they forget a socket; takes as long as the longest time tried [default: 5m]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l ssrf-deliver -d 'Send three datagrams through the relay to this peer, and say what comes back; may be repeated, up to eight times. Name only hosts that are yours' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l throughput -d 'Send for so long each way through the relay, faster and faster, to see how much it carries (4s to 60s)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l throughput-max -d 'Never send faster than this with --throughput, in payload bits a second' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l lifetimes -d 'See how long a permission, a channel and an allocation really last, which takes up to 11 minutes; or a list of those wanted' -r -f -a "permission\t'Five minutes (RFC 8656 §9)'
channel\t'Ten minutes (RFC 8656 §12)'
allocation\t'As granted; ten minutes are asked for'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l watch -d 'Go on after the probe, over one allocation that is kept: a round every INTERVAL (1ms to a day), a line each' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l rounds -d 'End the watch after so many rounds' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l timeout -d 'How long each step may take' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l deadline -d 'How long the run may take [default: 30s beyond the time that sending and --nat-lifetime take; with --watch no end]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l max -d 'Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l min -d 'Fail if a metric is below a limit, as in throughput.outbound=2M; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l require -d 'Fail unless these transports work' -r -f -a "udp\t'Plain UDP'
tcp\t'Plain TCP'
tls\t'TLS over TCP'
dtls\t'DTLS over UDP'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l trace -d 'Write each message sent and received as a line, secrets left out: to standard error, or to a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l pcap -d 'Write everything sent and received to a file for Wireshark (pcapng), TLS in clear' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l embedded -d 'Start a server inside this process and probe that'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l lint-only -d 'Say what is wrong with the configuration, and send nothing'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l clock -d 'Find the server\'s clock, with --secret: up to 18 more allocations a host, each released at once'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s 4 -l ipv4 -d 'Probe IPv4 addresses alone; with -6, both'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s 6 -l ipv6 -d 'Probe IPv6 addresses alone; with -4, both'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l srv -d 'Ask DNS for NAPTR and SRV records first, and probe all that they name (RFC 5928)'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l insecure -d 'Report a bad certificate without failing for it'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l relay-only -d 'Show relay candidates alone (iceTransportPolicy "relay")'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l no-capabilities -d 'Do not ask what the server can do beyond the necessary, which takes up to eight short allocations'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l nat -d 'Find out what the NATs and firewalls before this machine do to UDP (RFC 5780)'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l security -d 'Ask what the server lets strangers do: relays without a login, peers in private networks, what else they get. At most fifty requests a server, and nothing is sent to any peer'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l mtu -d 'Find the largest packet that passes the relay in one piece, each way'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and not __fish_seen_subcommand_from cred" -a "cred" -d 'Mint TURN credentials, or say what a pair looks like, without any network'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s u -l username -d 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s w -l password -d 'Password to inspect [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l password-file -d 'Read the password from a file, as it is: its last line end is part of it here' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l secret -d 'Shared secret of a TURN REST server (coturn\'s static-auth-secret) [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l secret-file -d 'Read the secret from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l secret-user -d 'The user part of a minted name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l ttl -d 'Lifetime of a minted credential' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l separator -d 'What stands between time and user in a TURN REST user name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l realm -d 'Print the HA1 keys of the pair in this realm' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l oauth-key -d 'Key that authorization server and TURN server share (ikm_key in coturn\'s oauth_key), in base64: mint a token, whose key id is --username [env: RTCSCOPE_OAUTH_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l oauth-key-file -d 'Read the key for tokens from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l oauth-server-name -d 'Server name that a token is for: what the TURN server calls itself (coturn\'s server-name, else its realm)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand turn-probe; and __fish_seen_subcommand_from cred" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and not __fish_seen_subcommand_from decode" -f -a "decode" -d 'Explain STUN and TURN messages byte by byte'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s u -l username -d 'User name, where the message has none (responses)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s w -l password -d 'Password [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l password-file -d 'Read the password from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l realm -d 'Realm, where the message has none (responses)' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l secret -d 'Shared secret of a TURN REST server, in place of a password [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l key -d 'HA1 key in hex, as `turnadmin -k` prints it, in place of a password' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l mac-key -d 'MAC key of an access token (RFC 7635) in base64, in place of a password [env: RTCSCOPE_MAC_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand stun; and __fish_seen_subcommand_from decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "diff" -d 'Compare two session descriptions by what they mean'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "explain" -d 'Explain what a session description says, in plain words and m-line by m-line'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "lint" -d 'Check session descriptions against the rules of the RFCs'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "negotiate" -d 'Show what an offer and its answer agree on, and what is wrong between them'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "rewrite" -d 'Change codecs, bandwidth or direction of a session description, or redact it, and nothing else'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and not __fish_seen_subcommand_from diff explain lint negotiate rewrite rules" -f -a "rules" -d 'List the rules about descriptions, or explain some of them'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l pc -d 'Of a dump, take this peer connection alone' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l at -d 'Of one input, take what the description of this number is part of; given twice, compare these two' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l select -d 'Ask these rules alone: codes, the beginning of codes (SDP7), or names; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l ignore -d 'Do not ask these rules; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l raw -d 'Show the lines that differ, as diff -u does; ICE passwords and keys are left out'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l exit-code -d 'Exit with 1 if there is a difference in meaning, with --raw in any line'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l reoffer -d 'B is a later offer of the session of A: ask the rules about that, whatever the o= lines say'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l pc -d 'Of a dump, take this peer connection alone' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l at -d 'Explain the description of this number alone, counted from 1 in the order of the input' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l lines -d 'Say of every line what it means, and which RFC says so; ICE passwords and keys are left out'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l select -d 'Ask these rules alone: codes, the beginning of codes (SDP5), or names; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l ignore -d 'Do not ask these rules; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l type -d 'What the descriptions are, where neither the input nor the name of the file says so' -r -f -a "offer\t'An offer'
answer\t'An answer'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l pc -d 'Of a dump, take this peer connection alone' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l at -d 'Check the description of this number alone, as `sdp explain` counts them' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l type -d 'What the first and the second one are, where neither the input nor the name of the file says so' -r -f -a "offer\t'An offer'
answer\t'An answer'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l pc -d 'Of a dump, take this peer connection alone' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l at -d 'Of an input with several answers, take the description of this number, as `sdp explain` counts them' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l select -d 'Ask these rules alone: codes, the beginning of codes (SDP7), or names; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l ignore -d 'Do not ask these rules; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from negotiate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l prefer -d 'Put this codec first, its rtx and red with it: VP8, opus/48000, \'H264;profile-level-id=42e01f\', or a payload type; may be repeated, in order of preference' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l only -d 'Take out all other codecs where this one is, with all that is said of them; may be repeated to keep several' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l remove -d 'Take this codec out, with its rtx, red and all that is said of it; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l bandwidth -d 'Set b=AS and b=TIAS, those that are there or else both, of one kind of media or one mid: video=1500k; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l direction -d 'Set which way one kind of media or one mid goes: video=recvonly; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l at -d 'Of several descriptions, take the one of this number alone, counted from 1 as `sdp explain` does' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l force -d 'Write the result even if `sdp lint` finds faults in it that the input has not'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rewrite" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp; and __fish_seen_subcommand_from rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l pc -d 'Of a dump, take this peer connection alone' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l at -d 'Explain the description of this number alone, counted from 1 in the order of the input' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l lines -d 'Say of every line what it means, and which RFC says so; ICE passwords and keys are left out'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand sdp-explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l sdp -d 'The call\'s descriptions: SDP, or a dump of the browser; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l keys -d 'Keys that open SRTP: an NSS key log, `a=crypto` lines, or JSON; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l clock -d 'The clock rate of a payload type, where no description says it; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l interval -d 'How long an interval of --timeline and --live is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l ssrc -d 'Show only this source, as 0x… or decimal; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l pt -d 'Show only this payload type of RTP; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l from -d 'Count RTP and RTCP only from here on, in seconds since the capture\'s first packet' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l to -d 'Count RTP and RTCP only up to here, in seconds since the capture\'s first packet' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l side -d 'Where the capture was taken: at the machine that sends the first stream, that receives it, or between' -r -f -a "sender\t'At the machine that sends the first stream'
receiver\t'At the machine that receives the first stream'
mid\t'Somewhere between the two'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l limit -d 'From when on something is a warning, and an error, as in loss=2%/10% or pli=3/off; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l max -d 'Fail if a figure is above a limit, as in loss=1%, or was not measured; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l min -d 'Fail if a figure is below a limit, as in mos=3.8, or was not measured; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l config -d 'Read limits and side from a JSON file; flags go before it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l timeline -d 'Show each stream over time too; with --format csv or jsonl, nothing but that'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l rtcp -d 'Show what RTCP says, packet by packet and block by block'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l packets -d 'Show packet by packet: a line each'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l live -d 'Tell how it goes while packets come in on standard input, and the summary at the end'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and not __fish_seen_subcommand_from diff" -a "diff" -d 'Compare two captures of one call: what was lost between them, and how the delay varied'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l ssrc -d 'Compare only this source, as 0x… or decimal; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l sdp -d 'The call\'s descriptions: SDP, or a dump of the browser; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l keys -d 'Keys that open SRTP: an NSS key log, `a=crypto` lines, or JSON; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l clock -d 'The clock rate of a payload type, where no description says it; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand analyze; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l sdp -d 'The call\'s descriptions: SDP, or a dump of the browser; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l keys -d 'Keys that open SRTP: an NSS key log, `a=crypto` lines, or JSON; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l clock -d 'The clock rate of a payload type, where no description says it; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l interval -d 'How long an interval of --timeline and --live is' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l ssrc -d 'Show only this source, as 0x… or decimal; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l pt -d 'Show only this payload type of RTP; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l from -d 'Count RTP and RTCP only from here on, in seconds since the capture\'s first packet' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l to -d 'Count RTP and RTCP only up to here, in seconds since the capture\'s first packet' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l side -d 'Where the capture was taken: at the machine that sends the first stream, that receives it, or between' -r -f -a "sender\t'At the machine that sends the first stream'
receiver\t'At the machine that receives the first stream'
mid\t'Somewhere between the two'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l limit -d 'From when on something is a warning, and an error, as in loss=2%/10% or pli=3/off; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l max -d 'Fail if a figure is above a limit, as in loss=1%, or was not measured; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l min -d 'Fail if a figure is below a limit, as in mos=3.8, or was not measured; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l config -d 'Read limits and side from a JSON file; flags go before it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l timeline -d 'Show each stream over time too; with --format csv or jsonl, nothing but that'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l rtcp -d 'Show what RTCP says, packet by packet and block by block'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l packets -d 'Show packet by packet: a line each'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l live -d 'Tell how it goes while packets come in on standard input, and the summary at the end'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and not __fish_seen_subcommand_from diff" -a "diff" -d 'Compare two captures of one call: what was lost between them, and how the delay varied'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l ssrc -d 'Compare only this source, as 0x… or decimal; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l sdp -d 'The call\'s descriptions: SDP, or a dump of the browser; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l keys -d 'Keys that open SRTP: an NSS key log, `a=crypto` lines, or JSON; may be repeated' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l clock -d 'The clock rate of a payload type, where no description says it; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand pcap; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l relay -d 'Have both ends meet through this turn: or turns: server; several are compared side by side' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l transport -d 'Reach relays over these instead of what their URIs ask for; several are compared side by side' -r -f -a "udp\t'Plain UDP'
tcp\t'Plain TCP'
tls\t'TLS over TCP'
dtls\t'DTLS over UDP'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l relay-family -d 'Ask for relays of this address family; browsers name none, which means IPv4' -r -f -a "ipv4\t'An IPv4 relay'
ipv6\t'An IPv6 relay'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l policy -d 'Which candidates there are besides relays (iceTransportPolicy) [default: relay]' -r -f -a "all\t'Host candidates too, which a call within one host then prefers'
relay\t'None'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l cafile -d 'Trust the certificates of this PEM file instead of the system\'s' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l servername -d 'Hold certificates against this name instead of the relay\'s host' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l interface -d 'Put both ends at the addresses of this interface instead of loopback' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l local-addr -d 'Put both ends at this address of this machine' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s u -l username -d 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s w -l password -d 'Password [env: RTCSCOPE_PASSWORD]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l password-file -d 'Read the password from a file; its last line end is not part of it' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l secret -d 'Shared secret of a TURN REST server (coturn\'s static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l ttl -d 'Lifetime of minted credentials' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l separator -d 'What stands between time and user in a TURN REST user name' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l key -d 'HA1 key in hex, as `turnadmin -k` prints it, instead of a password' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l access-token -d 'Access token of third-party authorization (RFC 7635) in base64; the user name is its key id [env: RTCSCOPE_ACCESS_TOKEN]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l access-token-file -d 'Read the access token from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l mac-key -d 'MAC key that came with the access token, in base64 [env: RTCSCOPE_MAC_KEY]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l mac-key-file -d 'Read the MAC key from a file' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l media -d 'What is sent, both ways: audio, video, or none' -r -f -a "audio\t'Packets of the size of Opus, every 20 ms'
video\t'Frames of the sizes that an encoder makes, 30 a second'
none\t'The data channel alone'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l bitrate -d 'Payload of the video, a second' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l duration -d 'How long the call lasts once it is up' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l pairs -d 'Have so many pairs call each other at the same time, over each path' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l pings -d 'Pings over the data channel, spread over the duration' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l max-retransmits -d 'Send a lost message of the data channel again so often at most [default: until it arrives]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l max-packet-lifetime -d 'Send a lost message of the data channel again for so long at most, up to 65535ms' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l message-size -d 'Bytes of each ping, 25 to 65536' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l throughput -d 'Then fill a data channel as fast as it takes it, for so long' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l impair -d 'Damage both directions, as in loss=2%,delay=50ms,jitter=10ms' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l impair-up -d 'Damage what the caller sends, instead of --impair' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l impair-down -d 'Damage what the callee sends, instead of --impair' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l seed -d 'Where chance comes from: the same number damages the same packets' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l pcap -d 'Write the packets of the call to a file for Wireshark (pcapng), each once, as it arrived' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l pcap-plain -d 'Write the same in clear: STUN, RTP, RTCP and SCTP' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l keys -d 'Write the master keys of SRTP, for `rtcscope analyze --keys`' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l timeout -d 'How long the call may take to come up' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l deadline -d 'How long the run may take [default: 5s beyond --timeout and --duration]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l max -d 'Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l min -d 'Fail if a metric is below a limit, as in bitrate=1M; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l embedded -d 'Start a relay inside this process and meet through that, over UDP, TCP and TLS'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l insecure -d 'Go on with a bad certificate'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s 4 -l ipv4 -d 'Use IPv4; with -6, both [default: IPv4 on loopback, both with --interface]'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s 6 -l ipv6 -d 'Use IPv6; with -4, both'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l ordered -d 'Have the data channel keep the order of messages (the default)'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l unordered -d 'Let messages of the data channel overtake each other'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l print-sdp -d 'Show offer and answer as well'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l clock -d 'Find the server\'s clock, with --secret: up to 18 more allocations a host, each released at once'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand call" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l jobs -d 'How many checks run at the same time, 1 to 256 [default: 8]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l deadline -d 'How long all of them may take [default: 5m]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l serve -d 'Run the plan again and again, and serve its numbers for Prometheus: a port of loopback, or ADDRESS:PORT' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l interval -d 'From the beginning of one round to that of the next, 1s to a day [default: 1m]' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l init -d 'Write a plan with every kind of check explained, as PLAN or rtcscope.toml; - for standard output'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l list -d 'Show what would be run, and run nothing'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -f -a "show" -d 'Show every setting, its value, and where that came from: flag, environment, file and line, or built in'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and not __fish_seen_subcommand_from show path" -f -a "path" -d 'Print where your own file of defaults is, or would be'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l format -d 'Format of the result on standard output' -r -f -a "text\t'For people'
json\t'For programs: one object, versioned by its `schema`'
jsonl\t'For programs that read as it comes: one object a line, each with its `schema`'
csv\t'Rows for spreadsheets and scripts, where the result is a table'
markdown\t'For tickets and merge requests'
html\t'A page with pictures that needs nothing else: to look at, print and send'
sarif\t'Findings for code hosts and editors: SARIF 2.1.0'
github\t'Findings as annotations of GitHub Actions'
junit\t'Findings as failed tests: JUnit XML'
prometheus\t'Numbers for Prometheus, as its node exporter reads them from `*.prom` files'
nagios\t'One line with performance data for Nagios and Icinga, and their exit codes'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l report -d 'Write the result to a file as well, in this format; may be repeated' -r
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s o -l output -d 'Write the result to this file instead of standard output' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In pipes and files too'
never\t'Nowhere'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l fail-on -d 'The least severity of a finding that makes the exit code 1' -r -f -a "error\t'Findings of severity error fail the run'
warning\t'Findings of severity warning or error fail the run'
never\t'No finding fails the run'"
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l defaults -d 'Read defaults of flags from this file (TOML), and not from those of project and user [env: RTCSCOPE_DEFAULTS]' -r -F
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l redact -d 'Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s q -l quiet -d 'Show no progress, and say nothing besides the result but errors'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s v -l verbose -d 'Tell more; may be repeated'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -l no-defaults -d 'Read defaults from no file'
complete -c rtcscope -n "__fish_rtcscope_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
