#include "cli/json.h"

#include "core/json_text.h"

namespace berth::cli {
namespace {

// Where the version of the answers is counted; docs/json.schema.json describes them.
constexpr std::uint64_t schema = 1;

}  // namespace

Json::Json() { begin_object().key("schema").value(schema); }

std::string Json::take() {
  end_object();
  return std::move(text_);
}

Json& Json::raw(std::string_view text) {
  if (!first_) text_.push_back(',');
  text_.append(text);
  first_ = false;
  return *this;
}

Json& Json::key(std::string_view name) {
  raw("");
  append_json_string(text_, name);
  text_.push_back(':');
  first_ = true;
  return *this;
}

Json& Json::open(char bracket) {
  raw({&bracket, 1});
  first_ = true;
  return *this;
}

Json& Json::close(char bracket) {
  text_.push_back(bracket);
  first_ = false;
  return *this;
}

Json& Json::value(std::string_view text) {
  raw("");
  append_json_string(text_, text);
  return *this;
}

Json& Json::value(std::uint64_t number) {
  raw("");
  append_json_number(text_, number);
  return *this;
}

Json& Json::value(bool truth) { return raw(truth ? "true" : "false"); }

Json& Json::null() { return raw("null"); }

void write_endpoint_members(Json& json, const Endpoint& endpoint) {
  json.key("address").value(endpoint.address.to_string());
  json.key("port").value(std::uint64_t{endpoint.ports.first});
  json.key("last");
  if (endpoint.ports.size() > 1) {
    json.value(std::uint64_t{endpoint.ports.last});
  } else {
    json.null();
  }
  json.key("protocol").value(to_string(endpoint.protocol));
}

void write_endpoint(Json& json, const Endpoint& endpoint) {
  json.begin_object();
  write_endpoint_members(json, endpoint);
  json.end_object();
}

void write_owner(Json& json, const Owner& owner) {
  if (!owner) {
    json.null();
    return;
  }
  json.begin_object().key(to_string(owner.kind)).value(owner.name).end_object();
}

void write_allocation_members(Json& json, const Allocation& allocation) {
  json.key("service").value(allocation.service);
  write_terms(json, allocation);
}

void write_terms(Json& json, const Allocation& allocation) {
  write_endpoint_members(json, allocation.endpoint);
  json.key("kind").value(to_string(allocation.kind));
  json.key("preferred");
  if (allocation.preferred) {
    json.value(std::uint64_t{*allocation.preferred});
  } else {
    json.null();
  }
}

void write_allocation(Json& json, const Allocation& allocation) {
  json.begin_object();
  write_allocation_members(json, allocation);
  json.key("since").text_or_null(allocation.since.text());
  json.key("owner");
  write_owner(json, allocation.owner);
  json.end_object();
}

void write_allocation_or_null(Json& json, const Shared<Allocation>& allocation) {
  if (allocation) {
    write_allocation(json, *allocation);
  } else {
    json.null();
  }
}

namespace {

void write_truth(Json& json, std::optional<bool> truth) {
  if (truth) {
    json.value(*truth);
  } else {
    json.null();
  }
}

void write_container(Json& json, const std::optional<Container>& container) {
  if (!container) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("id").text_or_null(container->id);
  json.key("name").text_or_null(container->name);
  json.key("image").text_or_null(container->image);
  json.key("running");
  write_truth(json, container->running);
  json.end_object();
}

void write_compose(Json& json, const std::optional<Compose>& compose) {
  if (!compose) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("project").value(compose->project).key("service").value(compose->service);
  json.end_object();
}

}  // namespace

void write_holder(Json& json, const Holder& holder) {
  json.begin_object();
  json.key("source").value(to_string(holder.source));
  json.key("state").value(to_string(holder.state));
  write_endpoint_members(json, holder.endpoint);
  json.key("v6only").value(holder.endpoint.address.is_v6only());
  json.key("pid");
  if (holder.pid) {
    json.value(static_cast<std::uint64_t>(*holder.pid));
  } else {
    json.null();
  }
  json.key("process").text_or_null(holder.process);
  json.key("exe").text_or_null(holder.exe);
  json.key("user").text_or_null(holder.user);
  json.key("unit").text_or_null(holder.unit);
  json.key("activates").text_or_null(holder.activates);
  json.key("container");
  write_container(json, holder.container);
  json.key("compose");
  write_compose(json, holder.compose);
  json.key("inherited");
  write_truth(json, holder.inherited);
  json.key("other_pids");
  write_array(json, holder.other_pids, [](Json& out, std::int32_t pid) { out.value(static_cast<std::uint64_t>(pid)); });
  json.key("since").text_or_null(holder.since);
  json.key("enabled");
  write_truth(json, holder.enabled);
  json.key("forwards_to").text_or_null(holder.forwards_to);
  json.key("remote").text_or_null(holder.remote);
  json.key("seconds_left");
  if (holder.seconds_left) {
    json.value(std::uint64_t{*holder.seconds_left});
  } else {
    json.null();
  }
  json.end_object();
}

void write_evidence(Json& json, const std::vector<Evidence>& evidence) {
  write_array(json, evidence, [](Json& out, const Evidence& one) {
    out.begin_object().key("source").value(to_string(one.source)).key("what").value(one.what).end_object();
  });
}

void write_skips(Json& json, const std::vector<Skip>& skips) {
  write_array(json, skips, [](Json& out, const Skip& skip) {
    out.begin_object().key("port").value(std::uint64_t{skip.ports.first}).key("last");
    if (skip.ports.size() > 1) {
      out.value(std::uint64_t{skip.ports.last});
    } else {
      out.null();
    }
    out.key("verdict").text_or_null(skip.verdict ? to_string(*skip.verdict) : "");
    out.key("evidence");
    write_evidence(out, skip.evidence);
    out.end_object();
  });
}

void write_blind_spots(Json& json, const std::vector<BlindSpot>& blind_spots) {
  write_array(json, blind_spots, [](Json& out, const BlindSpot& spot) {
    out.begin_object().key("source").value(spot.source).key("why").value(spot.why).end_object();
  });
}

void write_texts(Json& json, const std::vector<std::string>& texts) {
  write_array(json, texts, [](Json& out, const std::string& text) { out.value(text); });
}

}  // namespace berth::cli
