// Services in starting order: each after those it names, otherwise in the order they were declared.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging;

internal static class ServiceOrder
{
    public static ImmutableArray<ServicePlan> Of(PlanContext context, ImmutableArray<ServiceSpec> services)
    {
        var byName = new Dictionary<string, ServiceSpec>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            if (!byName.TryAdd(service.Name, service))
                context.Error("IC0361", $"Two services are named `{service.Name}`", service.Name.Span, $"The other is at {byName[service.Name].Name.Span}; rename one");
        }

        var result = ImmutableArray.CreateBuilder<ServicePlan>();
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        // Each starts after the next.
        var waiting = new List<string>();
        foreach (var service in services)
            Visit(service);
        return result.ToImmutable();

        void Visit(ServiceSpec service)
        {
            if (state.TryGetValue(service.Name, out var done))
            {
                if (!done)
                    context.Error("IC0362", $"The service `{service.Name}` starts after itself", service.Name.Span, $"Remove one `after`: [ {string.Join(" after ", waiting.SkipWhile(name => name != service.Name.Value).Append(service.Name).Select(name => $"`{name}`"))} ]");
                return;
            }

            state[service.Name] = false;
            waiting.Add(service.Name);
            foreach (var after in service.After)
            {
                if (byName.TryGetValue(after, out var earlier))
                    Visit(earlier);
                else
                    context.Error("IC0363", $"The service `{service.Name}` starts after `{after}`, which the image does not have", after.Span, Nearest.Hint(after, byName.Keys, "service"));
            }

            waiting.RemoveAt(waiting.Count - 1);
            state[service.Name] = true;
            result.Add(new(service.Name, service.Run, service.Kind?.Value ?? "daemon", service.After.IsEmpty ? null : [.. service.After.Select(a => a.Value)])
            {
                User = service.User?.Value,
                Environment = service.Environment.IsEmpty ? null : service.Environment.ToImmutableSortedDictionary(v => v.Key, v => v.Value.Value, StringComparer.Ordinal),
                Restarts = service.Restarts?.Value,
            });
        }
    }
}
