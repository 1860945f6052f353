// A device tree that no kernel has, of QEMU's virtual machine for Arm with two virtio devices, and an overlay for it.

namespace Imagecraft.EndToEnd.Tests;

internal static class DeskTree
{
    /// <summary>Its source, which includes the kernel's bindings and <see cref="Include"/>.</summary>
    public const string Source = """
        /dts-v1/;

        #include <dt-bindings/interrupt-controller/arm-gic.h>
        #include "desk.dtsi"

        / {
        	model = DESK_MODEL;
        	compatible = "linux,dummy-virt";
        	interrupt-parent = <&gic>;
        	#address-cells = <2>;
        	#size-cells = <2>;

        	chosen {
        		stdout-path = &uart;
        	};

        	memory@40000000 {
        		device_type = "memory";
        		reg = <0x0 0x40000000 0x0 0x18000000>;
        	};

        	cpus {
        		#address-cells = <1>;
        		#size-cells = <0>;

        		cpu@0 {
        			device_type = "cpu";
        			compatible = "arm,cortex-a57";
        			reg = <0>;
        			enable-method = "psci";
        		};
        	};

        	psci {
        		compatible = "arm,psci-1.0", "arm,psci-0.2";
        		method = "hvc";
        	};

        	timer {
        		compatible = "arm,armv8-timer";
        		interrupts = <GIC_PPI 13 IRQ_TYPE_LEVEL_HIGH>, <GIC_PPI 14 IRQ_TYPE_LEVEL_HIGH>,
        			     <GIC_PPI 11 IRQ_TYPE_LEVEL_HIGH>, <GIC_PPI 10 IRQ_TYPE_LEVEL_HIGH>;
        		always-on;
        	};

        	clock: clock-24000000 {
        		compatible = "fixed-clock";
        		#clock-cells = <0>;
        		clock-frequency = <24000000>;
        	};

        	gic: interrupt-controller@8000000 {
        		compatible = "arm,gic-v3";
        		interrupt-controller;
        		#interrupt-cells = <3>;
        		reg = <0x0 0x08000000 0x0 0x10000>, <0x0 0x080a0000 0x0 0xf60000>;
        	};

        	uart: serial@9000000 {
        		compatible = "arm,pl011", "arm,primecell";
        		reg = <0x0 0x09000000 0x0 0x1000>;
        		interrupts = <GIC_SPI 1 IRQ_TYPE_LEVEL_HIGH>;
        		clocks = <&clock>, <&clock>;
        		clock-names = "uartclk", "apb_pclk";
        	};

        	rtc@9010000 {
        		compatible = "arm,pl031", "arm,primecell";
        		reg = <0x0 0x09010000 0x0 0x1000>;
        		interrupts = <GIC_SPI 2 IRQ_TYPE_LEVEL_HIGH>;
        		clocks = <&clock>;
        		clock-names = "apb_pclk";
        	};

        	virtio@a003c00 {
        		compatible = "virtio,mmio";
        		reg = <0x0 0x0a003c00 0x0 0x200>;
        		interrupts = <GIC_SPI 46 IRQ_TYPE_EDGE_RISING>;
        		dma-coherent;
        	};

        	virtio@a003e00 {
        		compatible = "virtio,mmio";
        		reg = <0x0 0x0a003e00 0x0 0x200>;
        		interrupts = <GIC_SPI 47 IRQ_TYPE_EDGE_RISING>;
        		dma-coherent;
        	};
        };
        """;

    /// <summary>A file beside it.</summary>
    public const string Include = "#define DESK_MODEL \"A desk\"\n";

    /// <summary>What is laid over it.</summary>
    public const string Overlay = "/dts-v1/;\n/plugin/;\n\n&{/} {\n\tnote {\n\t\ttext = \"laid over\";\n\t};\n};\n";
}
