
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'rtcscope' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'rtcscope'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'rtcscope' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Probe STUN and TURN servers: reachability, credentials, certificate, relay data path')
            [CompletionResult]::new('stun', 'stun', [CompletionResultType]::ParameterValue, 'Take STUN and TURN messages apart')
            [CompletionResult]::new('sdp', 'sdp', [CompletionResultType]::ParameterValue, 'Explain and check session descriptions (SDP), whole or broken')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain findings: what they mean, why they happen, what to change')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the man pages into a directory')
            break
        }
        'rtcscope;probe' {
            [CompletionResult]::new('--ice-servers', '--ice-servers', [CompletionResultType]::ParameterName, 'Read an iceServers array, an RTCConfiguration or a provider''s reply from a file, or - for standard input')
            [CompletionResult]::new('--turnserver-conf', '--turnserver-conf', [CompletionResultType]::ParameterName, 'Read a coturn configuration from a file, or - for standard input: say what is wrong with it (not with --watch), and take the credentials from it, and the targets if none are named')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Password [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file; its last line end is not part of it')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Shared secret of a TURN REST server (coturn''s static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Lifetime of minted credentials')
            [CompletionResult]::new('--separator', '--separator', [CompletionResultType]::ParameterName, 'What stands between time and user in a TURN REST user name')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'HA1 key in hex, as `turnadmin -k` prints it, instead of a password')
            [CompletionResult]::new('--transport', '--transport', [CompletionResultType]::ParameterName, 'Probe over these instead of what the URIs ask for, at a URI''s port if it names one')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Send through this interface alone; DNS is left as it is')
            [CompletionResult]::new('--local-addr', '--local-addr', [CompletionResultType]::ParameterName, 'Send from this address of this machine alone; DNS is left as it is')
            [CompletionResult]::new('--cafile', '--cafile', [CompletionResultType]::ParameterName, 'Trust the certificates of this PEM file instead of the system''s')
            [CompletionResult]::new('--servername', '--servername', [CompletionResultType]::ParameterName, 'Hold certificates against this name instead of the target''s host')
            [CompletionResult]::new('--min-days', '--min-days', [CompletionResultType]::ParameterName, 'Warn of a certificate that ends within so many days')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Packets sent over each relay path, 1 to 1000000 [default: 20; in each round of --watch 5]')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Packets a second on each relay path, 1 to 10000')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Bytes of each packet, 14 to 1400')
            [CompletionResult]::new('--preset', '--preset', [CompletionResultType]::ParameterName, 'Send what such a call sends, and fail on what spoils it (--max overrides the limits)')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Send for so long instead of a number of packets')
            [CompletionResult]::new('--relay-family', '--relay-family', [CompletionResultType]::ParameterName, 'Ask for a relay of this address family; browsers name none, which means IPv4')
            [CompletionResult]::new('--nat-lifetime', '--nat-lifetime', [CompletionResultType]::ParameterName, 'Find out, too, after how much idle time they forget a socket; takes as long as the longest time tried [default: 5m]')
            [CompletionResult]::new('--ssrf-deliver', '--ssrf-deliver', [CompletionResultType]::ParameterName, 'Send three datagrams through the relay to this peer, and say what comes back; may be repeated, up to eight times. Name only hosts that are yours')
            [CompletionResult]::new('--throughput', '--throughput', [CompletionResultType]::ParameterName, 'Send for so long each way through the relay, faster and faster, to see how much it carries (4s to 60s)')
            [CompletionResult]::new('--throughput-max', '--throughput-max', [CompletionResultType]::ParameterName, 'Never send faster than this with --throughput, in payload bits a second')
            [CompletionResult]::new('--lifetimes', '--lifetimes', [CompletionResultType]::ParameterName, 'See how long a permission, a channel and an allocation really last, which takes up to 11 minutes; or a list of those wanted')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Go on after the probe, over one allocation that is kept: a round every INTERVAL (1ms to a day), a line each')
            [CompletionResult]::new('--rounds', '--rounds', [CompletionResultType]::ParameterName, 'End the watch after so many rounds')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long each step may take')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'How long the run may take [default: 30s beyond the time that sending and --nat-lifetime take; with --watch no end]')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Fail if a metric is above a limit, as in rtt.p99=5ms or loss=1%; may be repeated')
            [CompletionResult]::new('--min', '--min', [CompletionResultType]::ParameterName, 'Fail if a metric is below a limit, as in throughput.outbound=2M; may be repeated')
            [CompletionResult]::new('--require', '--require', [CompletionResultType]::ParameterName, 'Fail unless these transports work')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write each message sent and received as a line, secrets left out: to standard error, or to a file')
            [CompletionResult]::new('--pcap', '--pcap', [CompletionResultType]::ParameterName, 'Write everything sent and received to a file for Wireshark (pcapng), TLS in clear')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('--embedded', '--embedded', [CompletionResultType]::ParameterName, 'Start a server inside this process and probe that')
            [CompletionResult]::new('--lint-only', '--lint-only', [CompletionResultType]::ParameterName, 'Say what is wrong with the configuration, and send nothing')
            [CompletionResult]::new('--clock', '--clock', [CompletionResultType]::ParameterName, 'Find the server''s clock, with --secret: up to 18 more allocations a host, each released at once')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Probe IPv4 addresses alone; with -6, both')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Probe IPv4 addresses alone; with -6, both')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Probe IPv6 addresses alone; with -4, both')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Probe IPv6 addresses alone; with -4, both')
            [CompletionResult]::new('--srv', '--srv', [CompletionResultType]::ParameterName, 'Ask DNS for NAPTR and SRV records first, and probe all that they name (RFC 5928)')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Report a bad certificate without failing for it')
            [CompletionResult]::new('--relay-only', '--relay-only', [CompletionResultType]::ParameterName, 'Show relay candidates alone (iceTransportPolicy "relay")')
            [CompletionResult]::new('--no-capabilities', '--no-capabilities', [CompletionResultType]::ParameterName, 'Do not ask what the server can do beyond the necessary, which takes up to eight short allocations')
            [CompletionResult]::new('--nat', '--nat', [CompletionResultType]::ParameterName, 'Find out what the NATs and firewalls before this machine do to UDP (RFC 5780)')
            [CompletionResult]::new('--security', '--security', [CompletionResultType]::ParameterName, 'Ask what the server lets strangers do: relays without a login, peers in private networks, what else they get. At most fifty requests a server, and nothing is sent to any peer')
            [CompletionResult]::new('--mtu', '--mtu', [CompletionResultType]::ParameterName, 'Find the largest packet that passes the relay in one piece, each way')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('cred', 'cred', [CompletionResultType]::ParameterValue, 'Mint TURN credentials, or say what a pair looks like, without any network')
            break
        }
        'rtcscope;probe;cred' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Password to inspect [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password to inspect [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file, as it is: its last line end is part of it here')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Shared secret of a TURN REST server (coturn''s static-auth-secret) [env: RTCSCOPE_SECRET]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file; its last line end is not part of it')
            [CompletionResult]::new('--secret-user', '--secret-user', [CompletionResultType]::ParameterName, 'The user part of a minted name')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Lifetime of a minted credential')
            [CompletionResult]::new('--separator', '--separator', [CompletionResultType]::ParameterName, 'What stands between time and user in a TURN REST user name')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Print the HA1 keys of the pair in this realm')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;stun' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Explain STUN and TURN messages byte by byte')
            break
        }
        'rtcscope;stun;decode' {
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name, where the message has none (responses)')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name, where the message has none (responses)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Password [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password [env: RTCSCOPE_PASSWORD]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Read the password from a file; its last line end is not part of it')
            [CompletionResult]::new('--realm', '--realm', [CompletionResultType]::ParameterName, 'Realm, where the message has none (responses)')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Shared secret of a TURN REST server, in place of a password [env: RTCSCOPE_SECRET]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'HA1 key in hex, as `turnadmin -k` prints it, in place of a password')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;sdp' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain what a session description says, in plain words and m-line by m-line')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check session descriptions against the rules of the RFCs')
            [CompletionResult]::new('negotiate', 'negotiate', [CompletionResultType]::ParameterValue, 'Show what an offer and its answer agree on, and what is wrong between them')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'List the rules about descriptions, or explain some of them')
            break
        }
        'rtcscope;sdp;explain' {
            [CompletionResult]::new('--pc', '--pc', [CompletionResultType]::ParameterName, 'Of a dump, take this peer connection alone')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Explain the description of this number alone, counted from 1 in the order of the input')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Say of every line what it means, and which RFC says so; ICE passwords and keys are left out')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;sdp;lint' {
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Ask these rules alone: codes, the beginning of codes (SDP5), or names; may be repeated')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Do not ask these rules; may be repeated')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'What the descriptions are, where neither the input nor the name of the file says so')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;sdp;negotiate' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'What the first and the second one are, where neither the input nor the name of the file says so')
            [CompletionResult]::new('--pc', '--pc', [CompletionResultType]::ParameterName, 'Of a dump, take this peer connection alone')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Of an input with several answers, take the description of this number, as `sdp explain` counts them')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Ask these rules alone: codes, the beginning of codes (SDP7), or names; may be repeated')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Do not ask these rules; may be repeated')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;sdp;rules' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;explain' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;completions' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'rtcscope;man' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write the result to a file as well, in this format; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result to this file instead of standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a finding that makes the exit code 1')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell more; may be repeated')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
