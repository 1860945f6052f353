// Modules of recipes that build on each other, one of them compressed: built by the real command line against the kernel of the tests, and loaded on the booted board.

namespace Imagecraft.EndToEnd.Tests;

public sealed class KernelModuleTests : IDisposable
{
    // The kernel of the image that the tests boot: it comes from the cache, because its fragments are equal.
    private const string Board = """
        board: desk
        architecture: arm64
        cpu-flags: [ -mcpu=cortex-a57 ]
        kernel: linux
        kernel-fragments: [ ../../../boards/platforms/virt-arm.config ]
        command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=system rw panic=-1"
        console: ttyAMA0
        accelerators: [ etnaviv, qaic, rocket ]
        default-image: modules
        partitions: [ { name: system, type: linux-root-arm64, content: rootfs.ext4 } ]
        qemu:
          system: aarch64
          without: [ etnaviv, qaic, rocket ]
          arguments: [ -machine, "virt,gic-version=3", -cpu, cortex-a57, -smp, "1", -m, 384M, -kernel, "$IMAGE", -append, "$CMDLINE", -drive, "file=$DISK,format=raw,if=virtio,snapshot=on", -device, virtio-rng-pci, -nic, none ]

        """;

    private const string Image = "kernel-fragments: [ ../../../images/edge-ml/cgroups.config, ../../../images/features/profiling.config ]\ngroups: [ { name: render, id: 105 } ]\nusers: [ { name: root, id: 0, home: /root, shell: /bin/sh, password: \"\" } ]\n";

    private readonly RepositoryWorkspace _workspace = new();

    // What is built must be this test's own, or the cache answers.
    private readonly int _answer = Random.Shared.Next(1, 1 << 30);

    public KernelModuleTests()
    {
        _workspace.Write("layers/mine/boards/desk.yaml", Board);
        _workspace.Write("layers/mine/images/modules.yaml", $"image: modules\npackages: [ base-files, busybox, question ]\n{Image}");
        Module("answer", "#include \"include/answer.h\"\nint answer(void) { return ANSWER; }\nEXPORT_SYMBOL_GPL(answer);\n", "  after: xz --check=crc32 $DESTDIR/usr/lib/modules/*/extra/answer.ko\n", "");
        _workspace.Write("layers/mine/recipes/answer/answer.h", $"/* SPDX-License-Identifier: GPL-2.0-only */\n#define ANSWER {_answer}\nint answer(void);\n");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_module_uses_the_symbols_and_headers_of_another_and_brings_it_along_on_the_board()
    {
        Question("requires: [ answer ]");

        var result = await _workspace.RunAsync("check", "--board", "desk", "--locked");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("passed  question: loads", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_whose_symbols_nobody_installed_has_is_told_with_them_when_modules_are_indexed()
    {
        Question("requires: []");

        var result = await _workspace.RunAsync("image", "--board", "desk", "--locked");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("The module `question.ko` needs [answer], which neither the kernel nor an installed module has; let its package require that of the module", result.StandardOutput + result.StandardError, StringComparison.Ordinal);
    }

    private void Question(string requires) => Module(
        "question",
        "#include <linux/init.h>\n#include <answer.h>\nstatic int __init question_init(void) { pr_info(\"question: %d is %d\\n\", answer(), ANSWER); return 0; }\nmodule_init(question_init);\nstatic void __exit question_exit(void) { }\nmodule_exit(question_exit);\n",
        "",
        $$"""
            depends: [ answer ]
            checks:
              - { name: depends, run: "cat /lib/modules/*/modules.dep", contains: [ "extra/question.ko: extra/answer.ko.xz" ] }
              - { name: loads, run: "modprobe question && dmesg", contains: [ "question: {{_answer}} is {{_answer}}" ] }

            """,
        requires);

    private void Module(string name, string code, string build, string more, string requires = "requires: []")
    {
        var folder = $"layers/mine/recipes/{name}";
        _workspace.Write($"{folder}/{name}.c", $"// SPDX-License-Identifier: GPL-2.0-only\n#include <linux/module.h>\n{code}MODULE_DESCRIPTION(\"{name}\");\nMODULE_LICENSE(\"GPL\");\n");
        _workspace.Write($"{folder}/Makefile", $"obj-m := {name}.o\n");
        var header = name == "answer" ? "  - { url: \"file:answer.h\", into: include }\n" : "";
        _workspace.Write(
            $"{folder}/{name}.yaml",
            $"recipe: {name}\nversion: \"1\"\nlicense: GPL-2.0-only\nsources:\n  - url: \"file:{name}.c\"\n  - url: \"file:Makefile\"\n{header}{more}build:\n  system: kernel-module\n{build}packages:\n  - {{ name: {name}, files: [ \"/usr/lib/modules/**/{name}.ko\" ], {requires} }}\n");
    }
}
