// zips read ARCHIVE: reads every entry to its end and prints `crc size name-in-hex` for each.
// zips write stored|deflated ARCHIVE FOLDER: packs the files and folders beneath FOLDER.
package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	var err error
	switch os.Args[1] {
	case "read":
		err = read(os.Args[2])
	case "write":
		err = write(os.Args[2], os.Args[3], os.Args[4])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	buffer := make([]byte, 1<<20)
	for _, file := range archive.File {
		in, err := file.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", file.Name, err)
		}
		sum := crc32.NewIEEE()
		size, err := io.CopyBuffer(sum, in, buffer)
		if err != nil { // Go compares the CRC-32 itself
			return fmt.Errorf("%s: %w", file.Name, err)
		}
		in.Close()
		fmt.Fprintf(out, "%08x %d %x\n", sum.Sum32(), size, file.Name)
	}
	return nil
}

func write(method, target, root string) error {
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	err = filepath.WalkDir(root, func(path string, item fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		return add(archive, method, root, path)
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return out.Close()
}

func add(archive *zip.Writer, method, root, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, err = filepath.Rel(root, path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		header.Name += "/"
		_, err = archive.CreateHeader(header)
		return err
	}
	if method == "deflated" {
		header.Method = zip.Deflate
	}
	entry, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = entry.Write(bytes)
	return err
}
