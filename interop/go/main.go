// Command interop calls a running Parley server through the published Go SDK and checks every answer.
//
// It prints one line per check and a last line "N passed, N failed"; the exit code is 1 when a check failed.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

// target says which server to call and as which project.
type target struct {
	address   string
	pid       int32
	secret    string
	publicKey string // path of the server's PEM file, empty when the encrypted connection is not to be checked
}

func main() {
	server, err := targetFromEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	client := rtm.NewRTMServerClient(server.pid, server.secret, server.address)
	report := &report{}
	for _, c := range conversations(client) {
		checkSends(report, c)
		checkHistory(report, c)
		checkChanges(report, c)
	}
	checkManyReceivers(report, client)
	checkDirections(report, client)
	checkCountAndEdit(report, client)
	checkRooms(report, client)
	checkGroups(report, client)
	checkErrors(report, client)
	checkAuthority(report, server)
	checkEncryption(report, server)
	fmt.Printf("%d passed, %d failed\n", report.passed, report.failed)
	if report.failed > 0 {
		os.Exit(1)
	}
}

func targetFromEnvironment() (target, error) {
	pid, err := strconv.ParseInt(os.Getenv("PARLEY_PID"), 10, 32)
	server := target{
		address:   os.Getenv("PARLEY_SERVER_GATE"),
		pid:       int32(pid),
		secret:    os.Getenv("PARLEY_SECRET"),
		publicKey: os.Getenv("PARLEY_PUBLIC_KEY"),
	}
	if err != nil || server.address == "" || server.secret == "" {
		return target{}, fmt.Errorf("set PARLEY_SERVER_GATE=host:port, PARLEY_PID and PARLEY_SECRET")
	}
	return server, nil
}
