package main

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strconv"
)

// report prints and counts the checks.
type report struct {
	passed, failed int
}

// check runs one check. The SDK panics on an answer that lacks a field, so a panic is a failure and not the end.
func (r *report) check(name string, body func() error) {
	err := withoutPanic(body)
	if err != nil {
		r.failed++
		fmt.Printf("FAIL %s: %v\n", name, err)
		return
	}
	r.passed++
	fmt.Printf("ok %s\n", name)
}

func withoutPanic(body func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return body()
}

// same compares two values deeply.
func same(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s is %s, not %s", what, brief(got), brief(want))
}

// sameIds compares two lists of ids in any order.
func sameIds(what string, got []int64, want ...int64) error {
	return same(what, sorted(got), sorted(want))
}

func sorted(ids []int64) []int64 {
	copied := append([]int64{}, ids...)
	sort.Slice(copied, func(i, j int) bool { return copied[i] < copied[j] })
	return copied
}

func brief(value any) string {
	text := fmt.Sprintf("%+v", value)
	if len(text) > 300 {
		return text[:300] + "..."
	}
	return text
}

// The SDK hands an error answer to its caller as text: "[Exception] code: 200070, ex: message not found".
var codePattern = regexp.MustCompile(`code: (\d+)`)

// refused expects an error answer with the given code.
func refused(err error, code int) error {
	if err == nil {
		return fmt.Errorf("was accepted, expected code %d", code)
	}
	found := codePattern.FindStringSubmatch(err.Error())
	if found == nil || found[1] != strconv.Itoa(code) {
		return fmt.Errorf("got %q, expected code %d", err, code)
	}
	return nil
}

// first gives the first error of a list, so that a check can name its expectations one after the other.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
